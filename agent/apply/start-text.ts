/** The name of the unit: there is one on a host at a time. */
export const unitName = 'hostdeps-fix'

/** Where scripts, their output and their results are, on the host; gone with the next boot. */
export const folder = '/run/hostdeps-fix'

/**
 * What the host's shell runs to start a script as a unit: $1 is the script in base64, $2 its SHA-256. It is a text of ours alone; nothing
 * is put into it.
 *
 * - The script is a file: as an argument of systemd-run it would lose each dollar sign, and may be longer than an argument.
 * - Without --pipe: the unit would end with whoever waits for it. Its output goes into a file and the journal.
 * - Without RuntimeMaxSec: to end a package manager in the middle of its work is worse than any wait.
 * - ExecStopPost tells the end also of a script that is killed; with --collect nothing is left of the unit to ask.
 */
export const startText = String.raw`umask 077
d=${folder}
mkdir -p "$d" || exit
printf %s "$1" | base64 -d > "$d/$2.tmp" || exit
[ "$(sha256sum < "$d/$2.tmp")" = "$2  -" ] || { echo 'the script did not arrive whole' >&2; exit 1; }
mv "$d/$2.tmp" "$d/$2.sh" || exit
cat > "$d/$2.run" <<'END'
f=${folder}/$1
rm -f "$f.result" "$f.code"
{ /bin/sh "$f.sh" 2>&1; echo "$?" > "$f.code"; } | tee -a "$f.log"
exit "$(cat "$f.code")"
END
cat > "$d/$2.end" <<'END'
echo "$SERVICE_RESULT $EXIT_STATUS" > "${folder}/$1.result"
END
exec systemd-run --wait --collect --quiet --unit=${unitName} --description="hostdeps fix $2" \
  -p EnvironmentFile=-/etc/environment -p "ExecStopPost=/bin/sh $d/$2.end $2" /bin/sh "$d/$2.run" "$2"
`
