import { Argument, Command } from 'commander'

/** Each asks `hostdeps __complete`, whose last line, as of cobra, says whether files may follow (:0) or not (:4). */
const scripts = {
  bash: `# hostdeps completion bash > /etc/bash_completion.d/hostdeps
_hostdeps() {
  local line=\${COMP_LINE:0:COMP_POINT} words last name
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  last=\${words[-1]}
  COMPREPLY=()
  while IFS=$'\\t' read -r name _; do
    case $name in
      :4) compopt +o default ;;
      :*) ;;
      # bash replaces only what follows the last "=".
      *) COMPREPLY+=("\${name#"\${last%"\${last##*=}"}"}") ;;
    esac
  done < <(hostdeps __complete "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _hostdeps hostdeps
`,
  zsh: `#compdef hostdeps
# hostdeps completion zsh > "\${fpath[1]}/_hostdeps"
_hostdeps() {
  local -a lines described
  local line
  lines=("\${(@f)$(hostdeps __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)lines[1,-2]}"; do
    described+=("\${line/$'\\t'/:}")
  done
  _describe hostdeps described
  [[ $lines[-1] == :4 ]] || _files
}
if [[ $funcstack[1] == _hostdeps ]]; then _hostdeps "$@"; else compdef _hostdeps hostdeps; fi
`,
  fish: `# hostdeps completion fish > ~/.config/fish/completions/hostdeps.fish
function __hostdeps_complete
    set -l words (commandline -opc)
    hostdeps __complete $words[2..] (commandline -ct) 2>/dev/null | string match -v -r '^:'
end
complete -c hostdeps -f -a '(__hostdeps_complete)'
for flag in kubeconfig config checks
    complete -c hostdeps -l $flag -r -F
end
`,
} as const

export function completionCommand(): Command {
  return new Command('completion')
    .description(
      'Prints what makes a shell complete commands, flags, and the names of nodes and checks. The first line of it says where it goes. kubectl completes its plugin by itself when kubectl_complete-hostdeps is on the PATH.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .action((shell: keyof typeof scripts) => void process.stdout.write(scripts[shell]))
}
