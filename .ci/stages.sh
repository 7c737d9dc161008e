#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# To be sourced: `stage NAME LIMIT COMMAND...` runs a command, keeps its output in a log, and notes how it went.

logs=$PWD/.build/ci/logs
notes=$PWD/.build/ci/notes
details=$PWD/.build/ci/details
pip_noise='^(Collecting|  Downloading|  Using cached|Installing collected|Successfully installed|Looking in links| +━)'

# A run that is stopped leaves nothing behind: `timeout` passes the signal on to all that its command has started.
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM

# What the test runners say last: "12 passed in 3.4s", or ansible-test's own words.
closing_line() {
    grep -E '^=+ .*(passed|failed|error|no tests ran).* =+$' "$1" | tail -n 1 | tr -d '=' || true
}

# The seconds of processor time in a file that `times` has written: of all commands that the shell has waited for.
# `times` is called where the commands run, because it says nothing in a subshell.
spent() {
    tail -n 1 "$1" | tr 'ms' '  ' | awk '{printf "%.0f", $1 * 60 + $2 + $3 * 60 + $4}'
}

# note RESULT NAME SECONDS CPU_SECONDS LOG: a line of the table that the run ends with
note() {
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$(closing_line "$5")" >>"$notes"
}

# not_run NAME REASON: a line of that table for a stage that could not run, which is said loudly and fails nothing
not_run() {
    printf '\n!!!!! %s DID NOT RUN: %s !!!!!\n\n' "$1" "$2" >&2
    printf 'NOT RUN\t%s\t0\t0\t %s\n' "$1" "$2" >>"$notes"
}

# LIMIT is the time after which a stage that hangs is ended, in minutes (times CI_PATIENCE). COMMAND is a program, because
# bash ignores `set -e` inside a function whose result is asked for.
stage() {
    local name=$1 limit=$2 log result=ok start=$SECONDS cpu
    shift 2
    log=$logs/${name//[^a-z0-9.]/-}.log
    times >"$log.times"
    cpu=$(spent "$log.times")
    echo "[$(date +%T)] $name ..."
    # in the background, because bash acts on a signal only between commands, and `wait` is one that ends at once
    timeout --kill-after=10 "$((limit * ${CI_PATIENCE:-1}))m" "$@" >"$log" 2>&1 </dev/null &
    wait $! || result=FAILED
    times >"$log.times"
    cpu=$(($(spent "$log.times") - cpu))
    note "$result" "$name" $((SECONDS - start)) "$cpu" "$log"
    if [ "$result" = FAILED ]; then
        # in one piece, because other stages may be running beside this one
        {
            flock 9
            printf '===== %s FAILED =====\n%s\n===== end of %s =====\n' "$name" "$(grep -vE "$pip_noise" "$log")" "$name"
        } 9>>"$details" >&9
        return 1
    fi
    echo "[$(date +%T)] $name: ok ($((SECONDS - start)) s)"
}
