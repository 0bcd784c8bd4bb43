/** The name of the unit: there is one on a host at a time. */
export const unitName = 'hostdeps-fix'

/** Where scripts, their output and their results are, on the host; gone with the next boot. */
export const folder = '/run/hostdeps-fix'

/**
 * What the host's shell runs to start a script as a unit: $1 is the script in base64, $2 its SHA-256, $3 the name of this call. It is a
 * text of ours alone; nothing is put into it.
 *
 * - The script is a file: as an argument of systemd-run it would lose each dollar sign, and may be longer than an argument.
 * - Without --pipe: the unit would end with whoever waits for it. Its output goes into a file, and at its end into the journal; a pipe
 *   into both would hold the unit for as long as a service that the script started lives.
 * - Without RuntimeMaxSec: to end a package manager in the middle of its work is worse than any wait.
 * - ExecStopPost tells the end also of a script that is killed; with --collect nothing is left of the unit to ask.
 */
export const startText = String.raw`umask 077
d=${folder}
mkdir -p "$d" || exit
printf %s "$1" | base64 -d > "$d/$3.tmp" || exit
[ "$(sha256sum < "$d/$3.tmp")" = "$2  -" ] || { echo 'the script did not arrive whole' >&2; exit 1; }
mv "$d/$3.tmp" "$d/$2.sh" || exit
cat > "$d/run" <<'END'
exec /bin/sh "${folder}/$1.sh" >> "${folder}/$2.log" 2>&1
END
cat > "$d/end" <<'END'
tail -n 500 "${folder}/$1.log"
echo "$SERVICE_RESULT $EXIT_STATUS" > "${folder}/$1.result"
END
exec systemd-run --wait --collect --quiet --unit=${unitName} --description="hostdeps fix $2" \
  -p EnvironmentFile=-/etc/environment -p "ExecStopPost=/bin/sh $d/end $3" /bin/sh "$d/run" "$2" "$3"
`
