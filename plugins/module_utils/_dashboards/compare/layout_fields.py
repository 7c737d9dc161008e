# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of the version 2 layouts, and what the server stores for a field that is missing or ``null``. Data only.

The servers read such a dashboard into fixed types and write these back: a field that the type lacks is dropped, and a missing
one gets the empty value of its type. The table has one row for each type; source: ``apps/dashboard/kinds`` of Grafana 12.4.3
and 13.1.0-pre.

A row lists fields, separated by spaces:

========================  ==================================================================================================
``name``                  optional; stored as it is sent
``name=text``             text; ``""`` if it is missing. Likewise ``=number`` (0), ``=flag`` (false) and ``=null``
``name:Type``             an object, with its own empty values if it is missing
``name?:Type``            an optional object; stored only if it is sent
``name[]``, ``name{}``    a list or a map; empty, ``null`` and missing mean the same. ``:Type`` and ``=text`` describe elements
``<Type>``                an object with ``kind`` (text) and ``spec``, which has this type
``|union``                an object whose type depends on one of its fields, see :data:`UNIONS`
========================  ==================================================================================================
"""

from __future__ import annotations

#: Fields that all variables have.
_VARIABLE = "name=text label hide=text skipUrlSync=flag description "
_OPTIONS = _VARIABLE + "current:Option options[]:Option multi=flag "
_SELECTION = _OPTIONS + "includeAll=flag allValue allowCustomValue=flag "
_FILTER_VARIABLE = "kind=text group=text datasource?:DatasourceName "

#: The types of v2beta1 at 12.4.3: the other versions are given as differences from them.
FIELDS = {
    "Dashboard": "annotations[]:<Annotation> cursorSync=text description editable elements{}|element layout|layout links[]:Link"
    " liveNow preload=flag revision tags[]=text timeSettings:Times title=text variables[]|variable",
    "Times": "timezone from=text to=text autoRefresh=text autoRefreshIntervals[]=text quickRanges[]:Range hideTimepicker=flag"
    " weekStart fiscalYearStartMonth=number nowDelay",
    "Range": "display=text from=text to=text",
    "Link": "title=text type=text icon=text tooltip=text url tags[]=text asDropdown=flag targetBlank=flag includeVars=flag"
    " keepTime=flag placement",
    "Annotation": "query:Query enable=flag hide=flag iconColor=text name=text builtIn filter?:PanelFilter placement"
    " mappings{}:EventField legacyOptions{}",
    "PanelFilter": "exclude ids[]=number",
    "EventField": "source value regex",
    "Query": "kind=text group=text version=text datasource?:DatasourceName spec{}",
    "DatasourceName": "name",
    # Elements
    "Panel": "id=number title=text description=text links[]:PanelLink data:<QueryGroup> vizConfig:Viz transparent",
    "LibraryPanel": "id=number title=text libraryPanel:LibraryPanelRef",
    "LibraryPanelRef": "name=text uid=text",
    "PanelLink": "title=text url=text targetBlank",
    "QueryGroup": "queries[]:<PanelQuery> transformations[]:Transformation queryOptions:QueryOptions",
    "PanelQuery": "query:Query refId=text hidden=flag",
    "QueryOptions": "timeFrom maxDataPoints timeShift queryCachingTTL interval cacheTimeout hideTimeOverride timeCompare",
    "Transformation": "kind=text spec:Transformer",
    "Transformer": "id=text disabled filter?:Matcher topic options",
    "Matcher": "id=text options",
    "Viz": "kind=text group=text version=text spec:VizSpec",
    "VizSpec": "options{} fieldConfig:FieldConfig",
    "FieldConfig": "defaults:FieldDefaults overrides[]:Override",
    "FieldDefaults": "displayName displayNameFromDS description path writeable filterable unit decimals min max"
    " mappings[]|mapping thresholds?:Thresholds color?:Color links[] actions[]:Action noValue custom{} fieldMinMax"
    " nullValueMode",
    "Override": "__systemRef matcher:Matcher properties[]:Property",
    "Property": "id=text value",
    "ValueMap": "type=text options{}:MappingResult",
    "RangeMap": "type=text options:RangeOptions",
    "RegexMap": "type=text options:RegexOptions",
    "SpecialMap": "type=text options:SpecialOptions",
    "RangeOptions": "from=null to=null result:MappingResult",
    "RegexOptions": "pattern=text result:MappingResult",
    "SpecialOptions": "match=text result:MappingResult",
    "MappingResult": "text color icon index",
    "Thresholds": "mode=text steps[]:Threshold",
    "Threshold": "value=null color=text",
    "Color": "mode=text fixedColor seriesBy",
    "Action": "type=text title=text fetch?:Fetch infinity?:Infinity confirmation oneClick variables[]:ActionVariable"
    " style?:ActionStyle",
    "Fetch": "method=text url=text body queryParams[] headers[]",
    "Infinity": "method=text url=text body queryParams[] datasourceUid=text headers[]",
    "ActionVariable": "key=text name=text type=text",
    "ActionStyle": "backgroundColor",
    # Layouts
    "Grid": "items[]:<GridItem>",
    "GridItem": "x=number y=number width=number height=number element:ElementReference repeat?:GridRepeat",
    "ElementReference": "kind=text name=text",
    "GridRepeat": "mode=text value=text direction maxPerRow",
    "Repeat": "mode=text value=text",
    "AutoGrid": "maxColumnCount columnWidthMode=text columnWidth rowHeightMode=text rowHeight fillScreen items[]:<AutoGridItem>",
    "AutoGridItem": "element:ElementReference repeat?:Repeat conditionalRendering?:<Conditions>",
    "Rows": "rows[]:<Row>",
    "Row": "title collapse hideHeader fillScreen conditionalRendering?:<Conditions> repeat?:Repeat layout|layout",
    "Tabs": "tabs[]:<Tab>",
    "Tab": "title layout|layout conditionalRendering?:<Conditions> repeat?:Repeat",
    "Conditions": "visibility=text condition=text items[]|condition",
    "VariableCondition": "variable=text operator=text value=text",
    "DataCondition": "value=flag",
    "SizeCondition": "value=text",
    # Variables
    "QueryVariable": _SELECTION + "refresh=text query:Query regex=text regexApplyTo sort=text definition placeholder"
    " staticOptions[]:Option staticOptionsOrder",
    "TextVariable": _VARIABLE + "current:Option query=text",
    "ConstantVariable": _VARIABLE + "current:Option query=text",
    "DatasourceVariable": _SELECTION + "pluginId=text refresh=text regex=text",
    "IntervalVariable": _VARIABLE + "query=text current:Option options[]:Option auto=flag auto_min=text auto_count=number"
    " refresh=text",
    "CustomVariable": _SELECTION + "query=text valuesFormat",
    "GroupByVariableKind": _FILTER_VARIABLE + "spec:GroupByVariable",
    "GroupByVariable": _OPTIONS + "defaultValue?:Option",
    "AdhocVariableKind": _FILTER_VARIABLE + "spec:AdhocVariable",
    "AdhocVariable": _VARIABLE + "baseFilters[]:Filter filters[]:Filter defaultKeys[]:FoundValue allowCustomValue=flag",
    "SwitchVariable": _VARIABLE + "current=text enabledValue=text disabledValue=text",
    "Option": "selected text=text value=text properties{}=text",
    "Filter": "key=text operator=text value=text values[]=text keyLabel valueLabels[]=text forceEdit origin condition",
    "FoundValue": "text=text value group expandable",
}

_LAYOUT = ("kind", {"GridLayout": "<Grid>", "AutoGridLayout": "<AutoGrid>", "RowsLayout": "<Rows>", "TabsLayout": "<Tabs>"})

#: Objects of several types: the field that decides, and the type for each of its values. Any other object becomes ``null``.
UNIONS: dict[str, tuple[str, dict[str, str]]] = {
    "element": ("kind", {"Panel": "<Panel>", "LibraryPanel": "<LibraryPanel>"}),
    "layout": _LAYOUT,
    "whole": _LAYOUT,
    "grid": ("kind", {"GridLayout": "<Grid>", "AutoGridLayout": "<AutoGrid>"}),
    "mapping": ("type", {"value": "ValueMap", "range": "RangeMap", "regex": "RegexMap", "special": "SpecialMap"}),
    "condition": (
        "kind",
        {
            "ConditionalRenderingVariable": "<VariableCondition>",
            "ConditionalRenderingData": "<DataCondition>",
            "ConditionalRenderingTimeRangeSize": "<SizeCondition>",
        },
    ),
    "variable": (
        "kind",
        {
            "QueryVariable": "<QueryVariable>",
            "TextVariable": "<TextVariable>",
            "ConstantVariable": "<ConstantVariable>",
            "DatasourceVariable": "<DatasourceVariable>",
            "IntervalVariable": "<IntervalVariable>",
            "CustomVariable": "<CustomVariable>",
            "GroupByVariable": "GroupByVariableKind",
            "AdhocVariable": "AdhocVariableKind",
            "SwitchVariable": "<SwitchVariable>",
        },
    ),
}

#: What a union is instead of ``null``: 12.4.3 stores a dashboard without layout as an empty grid; other versions refuse it.
UNION_DEFAULTS = {"whole": {"kind": "GridLayout", "spec": {}}}

#: v2alpha1, where the plugin's id is the kind, and data sources are beside the query: rows that replace those above.
ALPHA = {
    "Dashboard": FIELDS["Dashboard"].replace(" layout|layout", " layout|whole"),
    "Annotation": "datasource?:DatasourceRef query?:Query enable=flag hide=flag iconColor=text name=text builtIn"
    " filter?:PanelFilter mappings{}:EventField legacyOptions{}",
    "Query": "kind=text spec{}",
    "DatasourceRef": "type uid",
    "PanelQuery": "query:Query datasource?:DatasourceRef refId=text hidden=flag",
    "QueryOptions": "timeFrom maxDataPoints timeShift queryCachingTTL interval cacheTimeout hideTimeOverride",
    "Viz": "kind=text spec:VizSpec",
    "VizSpec": "pluginVersion=text options{} fieldConfig:FieldConfig",
    "QueryVariable": FIELDS["QueryVariable"] + " datasource?:DatasourceRef",
    "GroupByVariableKind": "kind=text spec:GroupByVariable",
    "GroupByVariable": FIELDS["GroupByVariable"] + " datasource?:DatasourceRef",
    "AdhocVariableKind": "kind=text spec:AdhocVariable",
    "AdhocVariable": FIELDS["AdhocVariable"] + " datasource?:DatasourceRef",
}

#: The stable v2: rows that replace those of v2beta1.
STABLE = {
    "Dashboard": FIELDS["Dashboard"] + " preferences?:Preferences",
    "Preferences": "layout?|grid",
    "Transformation": "kind=text group=text spec:Transformer",
    "Transformer": "disabled filter?:Matcher topic options",
}

#: Fields that 13.1 has and 12.4 lacks, in every layout.
ADDED = {"Matcher": "scope", "AdhocVariable": "enableGroupBy"}
_ORIGIN = "origin?:Origin"
#: The same for the layouts from v2beta1 on.
ADDED_TO_BETA = {
    "Origin": "type=text group=text",
    "Query": "labels{}=text",
    "GroupByVariableKind": "labels{}=text",
    "AdhocVariableKind": "labels{}=text",
    "Row": "variables[]|variable",
    "Tab": "variables[]|variable",
    "Link": _ORIGIN,
    **{
        "%sVariable" % name: _ORIGIN
        for name in ("Query", "Text", "Constant", "Datasource", "Interval", "Custom", "GroupBy", "Adhoc", "Switch")
    },
}
