/** Shell scripts for machines reached by SSH: POSIX, with `ps`, `setsid` and `timeout` as every Linux has them. */

/** `tree PID` lists a process and all that it has started; `end PID` kills them until none is left. */
export const TREE = `tree() { echo "$1"; for child in $(ps -o pid= --ppid "$1"); do tree "$child"; done; }
end() {
  for try in 1 2 3 4 5; do
    all=$(tree "$1"); kill -KILL $all 2>/dev/null
    for pid in $all; do timeout 5 sh -c 'while kill -0 "$0" 2>/dev/null && ! grep -q "^State:.Z" /proc/$0/status 2>/dev/null; do :; done' "$pid"; done
    kill -0 "$1" 2>/dev/null || return 0
  done
}`
