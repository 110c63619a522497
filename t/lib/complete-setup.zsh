# SPDX-License-Identifier: GPL-3.0-or-later
# Read by the shell that t/lib/complete.zsh starts.
PS1= PS2= fpath=($COMPLETIONS $fpath)
autoload -U compinit && compinit -u -D
zstyle ':completion:*' format ''
setopt no_beep no_list_beep

# What a completion adds goes to OUT, too.  With -O, -A or -D it only computes.
compadd() {
	local -a offered
	if (( ! ${@[(I)-[a-zA-Z]#[OAD]]} )); then
		builtin compadd -O offered "$@"
		(( ! $#offered )) || print -rl -- "offer "$^offered >>$OUT
	fi
	builtin compadd "$@"
}

line_end() {
	print -r -- "line $BUFFER" >>$OUT
	BUFFER=
}
zle -N line_end
bindkey '^X' line_end
# An unfinished menu of choices is not to take the next key.
unsetopt auto_menu menu_complete
zle-line-init() { : >$OUT.ready }
zle -N zle-line-init
