### hello
echo hi | cat > f; cat f
### words
a="x y"; echo $a "$a" '$a' \$a
### arithmetic
echo $((1+2*3)) $((7/2)) $((-7%3)) $((2**10)) $((1<<4)) $((5>3?10:20)) $((0x1f)) $((010)) $((2#1011))
### increment
i=5; echo $((i++)) $i $((++i)) $((i+=3)) $i; ((i--)); echo $i
### comparisons
((3>2)) && echo yes; ((3<2)) || echo no; ((0)); echo $?
### big numbers
echo $((9223372036854775807+1)) $((1<<63)) $((12345678901*98765))
### parameter defaults
unset x; echo "${x:-d}" "${x-d}" "${x:=new}" "$x" "${x:+alt}"; x=; echo "[${x-d}]" "[${x:-d}]"
### lengths and slices
s=hello; echo ${#s} ${s:1} ${s:1:3} ${s: -2} ${s:0:-1}
### removal
p=/usr/local/lib/file.tar.gz; echo ${p#*/} ${p##*/} ${p%/*} ${p%%.*} ${p%.gz}
### replacement
s=banana; echo ${s/a/o} ${s//a/o} ${s/#b/B} ${s/%a/A} ${s//an/} ${s/x/y}
### case change
s=Hello; echo ${s^^} ${s,,} ${s^} ${s,} ${s^^[el]}
### indirect
a=b; b=c; echo ${!a}
### arrays
a=(one two three); echo ${a[0]} ${a[@]} ${#a[@]} ${a[-1]} "${a[*]}"; a+=(four); echo ${#a[@]} ${!a[@]}
### array loop
a=("x y" z); for i in "${a[@]}"; do echo "<$i>"; done
### array slices
a=(0 1 2 3 4 5); echo ${a[@]:2:3} ${a[@]: -2}; unset 'a[2]'; echo ${!a[@]}
### associative
declare -A m; m[a]=1; m[b c]=2; m["d"]=3; echo ${m[a]} ${m[b c]} ${#m[@]}; for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done | sort
### associative literal
declare -A m=([one]=1 [two]=2); m[one]+=x; echo "${m[one]}" "${m[two]}" "${m[none]-unset}"
### braces
echo {a,b,c} {1..5} {a..e} {01..03} {1..10..3} x{1,2}y {a,b}{1,2} {5..1} {a} {a,b
### braces nested
echo {a,b{1..3},c} pre{,.bak} "{a,b}" \{a,b\}
### tilde
HOME=/home/me; echo ~ ~/x "~" x~ a=~; v=~/a:~/b; echo $v
### command substitution
echo "today: $(echo a; echo b)" `echo c` $(echo "$(echo nested)")
### substitution strips
x=$(printf 'a\n\n\n'); echo "[$x]"
### ifs splitting
IFS=:; x=a:b::c; for i in $x; do echo "[$i]"; done
### ifs whitespace
x="  a   b  "; for i in $x; do echo "[$i]"; done; echo "[$x]"
### ifs mixed
IFS=' ,'; x="a , b,,c d"; for i in $x; do echo "[$i]"; done
### positional
set -- a "b c" d; echo $# "$1" "$2"; for i in "$@"; do echo "<$i>"; done; for i in $*; do echo "<$i>"; done; echo "$*"; shift; echo $1
### positional star ifs
set -- a b c; IFS=-; echo "$*" $*
### empty fields
set -- "" a; for i in "$@"; do echo "<$i>"; done; for i in $@; do echo "<$i>"; done; e=""; for i in $e "$e"; do echo "<$i>"; done
### quotes
echo 'a"b' "a'b" a\ b $'a\tb\x41\u00e9' "a\"b" "a\\b" "\$x" "a
b"
### if
if true; then echo a; elif false; then echo b; else echo c; fi; if false; then echo a; elif true; then echo b; fi; if false; then :; else echo e; fi
### while
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i
### for c style
for ((i=0;i<3;i++)); do echo $i; done; for ((i=0,j=9;i<j;i+=3,j-=3)); do echo $i $j; done
### break continue
for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done; while true; do while true; do break 2; done; done; echo end
### case
for x in apple banana cherry 42; do case $x in a*) echo A;; b?nana|z) echo B;; [0-9]*) echo N;; *) echo other;; esac; done
### case fallthrough
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case ab in a*) echo x;;& *b) echo y;; esac
### case quoted pattern
x='*'; case 'abc' in "$x") echo quoted;; $x) echo glob;; esac
### functions
f() { echo "f $1 $#"; return 3; }; f a b; echo $?; g() { local x=in; echo $x; }; x=out; g; echo $x
### recursion
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }; fact 6
### local dynamic
f() { local v=1; g; echo $v; }; g() { v=2; }; v=0; f; echo $v
### function in pipeline
f() { while read x; do echo "got $x"; done; }; printf 'a\nb\n' | f
### and or
true && echo a || echo b; false && echo a || echo b; true || echo c && echo d; ! false && echo e; ! true; echo $?
### subshell
x=1; (x=2; echo $x); echo $x; (exit 4); echo $?; (cd /; pwd); echo "${PWD##*/}" > /dev/null
### group
{ echo a; echo b; } | cat -n | wc -l | tr -d ' '
### heredoc
x=5; cat <<EOF
a $x $((x+1)) $(echo sub) \$x "q" 'q'
EOF
cat <<'EOF'
a $x `b`
EOF
cat <<-EOF
	tabbed
		twice
	EOF
### herestring
x="a b"; cat <<< "$x"; cat <<< $x; read a b <<< "1 2 3"; echo "$a|$b"
### redirections
echo a > f; echo b >> f; cat < f; echo err >&2 2>/dev/null; { echo o; echo e >&2; } > f 2>&1; cat f; ls nonexist 2>/dev/null; echo $?
### redirect order
{ echo o; echo e >&2; } 2>&1 >/dev/null
### both redirect
{ echo o; echo e >&2; } &> f; cat f; { echo o2; echo e2 >&2; } &>> f; wc -l < f | tr -d ' '
### descriptors
exec 3> f; echo three >&3; exec 3>&-; cat f; exec 4< f; read x <&4; echo $x; exec 4<&-
### swap descriptors
{ echo out; echo err >&2; } 3>&1 1>&2 2>&3 | sed 's/^/piped: /' 2>/dev/null
### noclobber
set -o noclobber; echo a > f; echo b > f; echo $?; echo c >| f; cat f
### read from file loop
printf '1 a\n2 b\n' > f; while read -r n l; do echo "$l$n"; done < f; echo "${n:-empty}"
### pipes and variables
x=0; echo a | while read l; do x=1; done; echo $x
### pipestatus
false | true | exit 3; echo ${PIPESTATUS[@]}; true | false; echo $?
### pipefail
set -o pipefail; false | true; echo $?; true | true; echo $?
### errexit
set -e; echo a; false; echo b
### errexit conditions
set -e; if false; then :; fi; false || true; ! true; echo still; f() { false; echo no; }; f && echo yes; x=$(false); echo unreached
### errexit subshell
set -e; (false; echo no); echo unreached
### nounset
set -u; echo ${x:-ok}; echo "$y"; echo unreached
### xtrace
set -x; echo a "b c" 2>/dev/null; x=1; { set +x; } 2>/dev/null; echo done
### trap exit
trap 'echo bye $?' EXIT; echo hi; exit 3
### trap in subshell
trap 'echo outer' EXIT; (trap 'echo inner' EXIT; echo sub); echo end
### trap err
trap 'echo failed $?' ERR; false; true; (exit 5); echo end
### trap signal
trap 'echo got USR1' USR1; kill -USR1 $$; echo after; trap - USR1; trap -p
### trap listing
trap 'echo x' INT EXIT; trap; trap '' TERM; trap -p TERM
### exit codes
nosuchcommand 2>/dev/null; echo $?; ./nosuchfile 2>/dev/null; echo $?; touch nx; ./nx 2>/dev/null; echo $?; / 2>/dev/null; echo $?
### test
[ a = a ] && echo 1; [ a != b ] && echo 2; [ -z "" ] && echo 3; [ -n x ] && echo 4; [ 1 -lt 2 -a 2 -gt 1 ] && echo 5; [ ! -e nope ] && echo 6; test -d / && echo 7; [ "" ]; echo $?; [ a -eq 1 ] 2>/dev/null; echo $?
### test files
touch e; echo x > s; mkdir d; ln -s s l; for f in e s d l none; do for t in -e -f -d -s -L -r -x; do [ $t $f ] && printf '%s%s ' $t $f; done; done; echo
### double bracket
[[ abc == a* ]] && echo 1; [[ abc == "a*" ]] || echo 2; [[ a < b && 2 -gt 1 ]] && echo 3; x="a b"; [[ $x == "a b" ]] && echo 4; [[ -z $none ]] && echo 5; [[ ! -e none && ( a == a || b == c ) ]] && echo 6
### regex
[[ "foo-123" =~ ^([a-z]+)-([0-9]+)$ ]] && echo ${BASH_REMATCH[0]} ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}; re='^a.c$'; [[ abc =~ $re ]] && echo m; [[ "a.c" =~ a\.c ]] && echo d; [[ abc =~ "a.c" ]] || echo lit; [[ "x y" =~ [[:space:]] ]] && echo sp
### glob
touch a.txt b.txt c.log .hid; echo *.txt; echo *; echo [ab]*; echo ?.log; echo *.none; echo "*.txt"; echo .h*; for f in *.txt; do echo $f; done
### glob dirs
mkdir -p d1/e d2/e; touch d1/e/x d2/e/y; echo d*/e/*; echo */; echo d[!1]/*
### extglob
shopt -s extglob
touch a1 a2 b1; echo @(a|b)1; echo !(a*); case foobar in foo@(bar|baz)) echo m;; esac; x=aaab; echo ${x##+(a)}
### nullglob
shopt -s nullglob; echo x*.none y; shopt -u nullglob; echo x*.none
### printf
printf '%s-%d-%05.2f-%x-%o-%c-%%\n' str 42 3.14159 255 8 xyz; printf '%5s|%-5s|%05d\n' a b 3; printf '%s\n' a b c; printf '%s %s\n' a b c; printf 'no newline'; printf '\n%b\n' 'a\tb'
### printf more
printf '%q\n' "a b" "it's" ''; printf -v v '%03d' 7; echo $v; printf '%s\n'; printf '%d\n' 0x10 010 "'A"; printf '%.3s|%10.2e|%g\n' abcdef 12345.678 0.0001
### echo options
echo -n a; echo -e 'b\tc\n'; echo -E 'a\tb'; echo -ne 'x\n'; echo -- -n; echo -x
### eval
x='echo $y'; y=5; eval $x; eval "a=1; b=2"; echo $a$b; eval 'for i in 1 2; do echo $i; done'
### source
echo 'x=fromfile; echo "args $1 $#"; return 7' > s.sh; . ./s.sh one two; echo $? $x; source ./s.sh; echo $?
### getopts
f() { local OPTIND=1 o; while getopts "ab:c" o; do case $o in a) echo A;; b) echo "B=$OPTARG";; c) echo C;; ?) echo bad;; esac; done; shift $((OPTIND-1)); echo "rest $*"; }; f -a -b val -c x y; f -cbval z; f -z 2>/dev/null
### getopts silent
while getopts ":a:b" o; do echo "$o ${OPTARG-none}"; done; set -- -a 1 -b -x -a; OPTIND=1; while getopts ":a:b" o; do echo "$o ${OPTARG-none}"; done; echo $OPTIND
### read options
echo "a:b:c" | { IFS=: read x y z; echo $x $y $z; }; echo 'a\tb' | { read x; echo "$x"; }; echo 'a\tb' | { read -r x; echo "$x"; }; echo "one two" | { read -a arr; echo ${#arr[@]} ${arr[1]}; }; echo abc | { read -n 2 x; echo $x; }; printf 'a;b' | { read -d ';' x; echo $x; }
### read status
printf 'last' | { read x; echo "$? $x"; }; read x < /dev/null; echo $?
### read ifs edge
echo "  a  b  " | { read x; echo "[$x]"; }; echo "  a  b  " | { IFS= read x; echo "[$x]"; }; echo "a:b:c:" | { IFS=: read x y; echo "[$x][$y]"; }; echo "a::b" | { IFS=: read x y z; echo "[$x][$y][$z]"; }
### mapfile
printf 'a\nb\nc\n' > f; mapfile -t l < f; echo ${#l[@]} ${l[2]}; readarray -t -n 2 m < f; echo ${m[@]}; mapfile -t -s 1 n < f; echo ${n[0]}
### let and declare
let a=1+2 "b = 3 * 4"; echo $a $b; declare -i n=5; n+=3; echo $n; n="2*4"; echo $n; declare -r ro=1; ro=2 2>/dev/null; echo unreached
### declare p
declare -i i=3; x="a b"; declare -p i x; a=(1 "2 3"); declare -p a; export E=1; declare -p E; declare -A m=([k]=v); declare -p m; declare -u up=abc; echo $up; declare -l lo=ABC; echo $lo
### export
export A=1 B=2; bash -c 'echo $A $B'; C=3 bash -c 'echo $C'; echo ${C:-unset}; D=4; bash -c 'echo ${D:-none}'; export -n A; bash -c 'echo ${A:-none}'
### unset
x=1; unset x; echo ${x-unset}; f() { echo f; }; unset -f f; f 2>/dev/null; echo $?; a=(1 2 3); unset 'a[1]'; echo ${a[@]} ${#a[@]}
### readonly
readonly R=5; echo $R; (R=6) 2>/dev/null; echo $?; unset R 2>/dev/null; echo $?
### namerefs
f() { local -n ref=$1; ref=changed; }; v=orig; f v; echo $v; declare -n r=v; echo $r; r=x; echo $v
### special params
echo $# $? $0 "$-" | sed 's/[a-z]*bash/bash/; s/hBc/HB/; s/hB/HB/'; set a b; echo $#; [ $$ -gt 0 ] && echo pid; true & [ -n "$!" ] && echo bg; wait
### lineno and funcname
echo $LINENO
f() { echo ${FUNCNAME[0]} $LINENO; }
f
echo $LINENO
### seconds random
[ $SECONDS -ge 0 ] && echo s; a=$RANDOM; [ $a -ge 0 ] && [ $a -lt 32768 ] && echo r
### background and wait
sleep 0.2 & p=$!; wait $p; echo $?; (exit 7) & wait $!; echo $?; false & true & wait; echo $?
### wait n
(sleep 0.3; exit 3) & (sleep 0.1; exit 4) & wait -n; echo $?; wait -n; echo $?; wait -n; echo $?
### kill child
sleep 100 & kill $!; wait $! 2>/dev/null; echo $?; sleep 100 & kill -9 $!; wait $! 2>/dev/null; echo $?
### kill zero
sleep 5 & kill -0 $! && echo alive; kill $!; wait 2>/dev/null; kill -0 $! 2>/dev/null || echo gone; kill -l 15; kill -l TERM
### background order
{ sleep 0.1; echo second; } & echo first; wait; echo third
### kill with trap in child
bash -c 'trap "echo cleanup; exit 9" TERM; while :; do sleep 0.05; done' & p=$!; sleep 0.2; kill $p; wait $p; echo $?
### jobs in script
sleep 1 & jobs | sed 's/  */ /g'; kill %1; wait 2>/dev/null; echo done
### process substitution
cat <(echo a) <(echo b); diff <(echo x) <(echo x) && echo same; while read l; do echo "l=$l"; done < <(printf '1\n2\n'); x=0; while read l; do ((x+=l)); done < <(printf '1\n2\n'); echo $x
### output process substitution
echo hello > >(tr a-z A-Z > up); sleep 0.2; cat up; echo foo | tee >(cat > copy) > /dev/null; sleep 0.2; cat copy
### command builtin
command echo hi; command -v echo; command -v nosuch; echo $?; type -t echo if cat f ls; f() { :; }; type -t f; echo() { printf 'mine\n'; }; echo x; command echo x; builtin echo y
### aliases
shopt -s expand_aliases
alias ll='echo listing' e='echo a; echo b'
ll x
e
unalias ll
ll 2>/dev/null; echo $?
### cd
mkdir -p a/b; cd a/b; echo ${PWD##*/}; cd ..; echo ${PWD##*/}; cd - > /dev/null; echo ${PWD##*/}; cd nope 2>/dev/null; echo $?; cd; [ "$PWD" = "$HOME" ] && echo home
### pushd popd
mkdir x y; pushd x > /dev/null; pushd ../y > /dev/null; echo ${PWD##*/}; popd > /dev/null; echo ${PWD##*/}; popd >/dev/null; dirs | wc -w | tr -d ' '
### set o
set -- -a b; echo $1; set -f; echo *; set +f; set -o | grep errexit | tr -s '\t ' ' '; shopt extglob | tr -s '\t ' ' '
### set positional
set -- "a b" c; set x "$@"; echo $# "$2"
### arithmetic assign ops
x=10; ((x*=2)); ((x-=5)); ((x/=3)); ((x%=3)); echo $x; ((y = x > 1 ? 5 : 6, z = y * 2)); echo $y $z; echo $(( (1,2,3) )) $((!5)) $((~5)) $((5&3)) $((5|3)) $((5^3)) $((1&&0)) $((1||0))
### arithmetic arrays
a=(1 2 3); ((a[1]+=5)); echo ${a[1]} $((a[0]+a[2])); i=2; echo ${a[i]} ${a[i-1]} ${a[$((i-2))]}; ((a[5]=9)); echo ${#a[@]}
### arithmetic variables
x=y; y=3; echo $((x)) $((x+1)) $((undefined+1)); e='1+2'; echo $((e*2)) $(($e*2))
### division by zero
echo $((1/0)) 2>/dev/null; echo after
### pattern escapes
x='a*b'; echo ${x%\**} ${x#a\*}; y='a/b/c'; echo ${y//\//-}; echo ${y//[\/b]/_}
### replace with special
x='a.b.c'; echo ${x//./\\.} "${x//./ }"; p='.'; echo ${x//$p/-}; h=/home; echo ${h/\/home/~}; v=path; echo ${v/p/&&}
### transformations
x="it's"; echo ${x@Q} ${x@U} ${x@u}; a=(1 2); echo ${a[@]@Q}; n=$'a\nb'; echo "${n@Q}"
### default operand quoting
unset u; echo "${u:-"a  b"}" ${u:-a  b} "${u:-'q'}" ${u:-'q q'} "${u:-$(echo x  y)}"; for i in ${u:-a b "c d"}; do echo "<$i>"; done
### error parameter
(: ${nope:?is missing}) 2>/dev/null; echo $?; (unset z; echo ${z?}) 2>/dev/null; echo $?
### prefix names
abc1=1; abc2=2; echo ${!abc*} "${!abc@}"
### nested quotes
echo "$(echo "a $(echo "b c")")" "${x:-"$(echo "d e")"}"
### nested functions and returns
f() { for i in 1 2 3; do if [ $i = 2 ]; then return $i; fi; done; }; f; echo $?; g() { return; }; false; g; echo $?
### return in loop of subshell
f() { echo a | while read x; do return 5; done; echo $?; }; f
### while read with if
printf 'k=v\n#c\n\nx=y\n' | while IFS== read -r k v; do [[ -z $k || $k == \#* ]] && continue; echo "$k -> $v"; done
### select
printf '2\n' | { select x in a b c; do echo "chose $x"; break; done; } 2>/dev/null
### exec
(exec echo replaced; echo no); exec 5>&1; echo five >&5; (exec nosuch 2>/dev/null; echo no); echo $?
### hash and type
type cd | head -1; type -a true | head -1; hash -r; echo $?
### time
{ time true; } 2>&1 | grep -c real
### umask
umask 027; umask; touch f; mkdir d; stat -c %a f d; umask -S
### multiline commands
echo a \
  b &&
  echo c ||
  echo d
for x in 1 \
  2; do
  echo $x
done
### comments
echo a # comment
# whole line
echo b#c "#d"
### semicolons newlines
if true
then
echo x
fi; { echo y
}; ( echo z )
### syntax error in middle
echo before
if then
echo after
### syntax error later line
echo one
echo two
echo )
### unterminated quote
echo ok
echo "abc
### null command
> newfile; ls newfile; x=1 > other; ls other; echo $x
### assignments with substitution status
x=$(exit 3); echo $?; x=$(true) y=2; echo $?; local 2>/dev/null; echo $?
### env assignment for function
f() { echo $V; bash -c 'echo $V'; }; V=1 f; echo ${V-unset}
### export in function
f() { export X=1; local -x Y=2; bash -c 'echo $X $Y'; }; f; echo $X ${Y-none}
### heredoc in loop and function
f() { cat <<E
$1 and ${2:-none}
E
}
for i in a b; do f $i; done
### heredoc piped
cat <<A | tr a-z A-Z; echo after
hello
A
### two heredocs
cat <<A; cat <<B
first
A
second
B
### dollar at in string
set -- 1 2; for i in "x$@y"; do echo "<$i>"; done; a=("$@" "x${@}y"); echo ${#a[@]}
### ifs read array
IFS=, read -ra parts <<< "a,b c,,d"; for p in "${parts[@]}"; do echo "[$p]"; done
### string compare and sort
[[ "10" < "9" ]] && echo lex; (( 10 > 9 )) && echo num; [ "b" \> "a" ] && echo gt
### tricky words
echo a=b 'x'"y"z $'q' ""a"" [x] {x} !x; x=; echo [$x] "$x"a; echo -
### escapes in double quotes
echo "a\tb\n" "a\`b" "c\!d" 'e\f'
### deep nest
for i in 1 2; do case $i in 1) if true; then { (echo deep $i); }; fi;; *) while true; do echo loop $i; break; done;; esac; done
### ulimit and times
ulimit -n > /dev/null; echo $?; times | wc -l | tr -d ' '
### printf reuse and stars
printf '%-*s|\n' 6 ab; printf '%s,' 1 2 3; echo; printf '(%s)' ; echo; printf '%5.1f%%\n' 45.678
### sequence with seq
for i in $(seq 3); do echo -n "$i "; done; echo; seq -s, 1 5
### wc count loop
n=0; for f in a b c; do n=$((n+1)); done; echo "count: $n"; until ((n==0)); do ((n--)); done; echo $n
### substring loops
s=abc; for ((i=0;i<${#s};i++)); do echo -n "${s:$i:1}-"; done; echo
### exit in subshell and pipeline
(exit 3) | cat; echo $?; x=$(echo a; exit 4); echo $? $x; { exit 2; } | true; echo ${PIPESTATUS[0]}
### bash c args
bash -c 'echo $0 $1 $#' name a b; echo 'echo from stdin $1' | bash -s arg; bash -c 'exit 9'; echo $?
### script file
printf '#!/bin/bash\necho "script $0 $1"\nexit 4\n' > s.sh; chmod +x s.sh; ./s.sh x | sed 's#\./##'; ./s.sh > /dev/null; echo $?; bash s.sh y
### script without shebang
echo 'echo no shebang $1' > t; chmod +x t; ./t arg
### stdin script reads rest
printf 'read x\nhello\necho "got $x"\n' | bash
### errors go to stderr
nosuch 2>&1 | sed 's/^.*bash: line [0-9]*: //'; cat nofile 2>&1 | sed 's/^[^:]*: //'
### bash error texts
bash -c 'nosuch' 2>&1; bash -c 'echo $((1/0))' 2>&1; bash -c 'cd nope' 2>&1; bash -c '/nope' 2>&1; bash -c 'x=1; readonly x; x=2' 2>&1 | sed 's/line 1: //'
### bash syntax texts
bash -c 'echo )' 2>&1; bash -c 'if' 2>&1; bash -c 'echo >' 2>&1; bash -c 'done' 2>&1; bash -c 'a &&' 2>&1; bash -c "echo 'x" 2>&1
### builtin error texts
bash -c 'cd a b' 2>&1; bash -c 'shift x' 2>&1; bash -c 'exit abc' 2>&1; bash -c 'return' 2>&1; bash -c 'kill 999999' 2>&1; bash -c '[ a -eq b ]' 2>&1; bash -c '[ a' 2>&1; bash -c 'unset 1x' 2>&1
### redirect error texts
bash -c 'cat < nofile' 2>&1; bash -c 'echo a > /nodir/x' 2>&1; bash -c 'echo > "a b"; x="a b"; echo hi > $x' 2>&1; bash -c 'echo a >&9' 2>&1
### ambiguous and dirs
mkdir d; echo x 2>/dev/null > d; echo $?; cat < nofile 2>/dev/null; echo $?
### nounset text
bash -uc 'echo $undefinedvar' 2>&1; bash -c 'set -u; echo ${a[0]}' 2>&1; bash -c ': ${x:?}' 2>&1
### set e with functions and and
set -e; f() { return 1; }; f || echo caught; g() { false; true; }; if g; then echo g ok; fi; f; echo unreached
### err trap with functions
set -E; trap 'echo err at $?' ERR; f() { false; return 0; }; f; echo ok; ! true; false || true
### trap on exit after errexit
set -e; trap 'echo cleanup' EXIT; false; echo no
### nested subshell variables
x=1; y=$( x=2; echo $(( x + 1 )); ); echo $x $y; ( ( x=5; echo $x ) ; echo $x )
### array from command
a=($(echo 1 2 3)); echo ${#a[@]}; a=(${a[@]/2/two}); echo ${a[@]}; b=("${a[@]}" 4); echo ${b[*]}; echo "${b[@]:1:2}"
### array patterns
a=(apple.txt bob.txt); echo ${a[@]%.txt} ${a[@]#a} ${#a[0]}; echo "${a[@]/%txt/md}"; echo ${a[@]^}
### sparse arrays
a[5]=x; a[2]=y; echo ${!a[@]} ${a[@]} ${#a[@]}; a+=(z); echo ${!a[@]}; a=([3]=c [1]=a); echo ${!a[@]}
### array append element
a=(); a[${#a[@]}]=one; a[${#a[@]}]=two; echo ${a[@]}; s=x; s+=y; echo $s; a[0]+=1; echo ${a[0]}
### star vs at
a=(x y); IFS=,; echo "${a[*]}" "${a[@]}"; b="${a[*]}"; echo "$b"
### is set checks
a=(); [[ -v a ]] || echo unset; x=; [[ -v x ]] && echo set; [ -v x ] && echo set2; [ "${x+y}" ] && echo plus; declare -A h=([k]=1); [[ -v h[k] ]] && echo key
### colon and true
: ignored $(echo side >&2) 2>/dev/null; echo $?; true; echo $?; :; echo $_ > /dev/null
### long pipeline
seq 1 100 | grep 5 | sort -rn | head -3 | tr '\n' ' '; echo
### pipe and stderr
{ echo a; echo b >&2; } |& sort; ls nonexistent |& wc -l | tr -d ' '
### yes head
yes | head -2; echo ${PIPESTATUS[0]}
### sigpipe loop
while true; do echo y; done | head -1; echo $?
### inline if in string
echo "result: $(if true; then echo t; else echo f; fi) $(for i in 1 2; do echo -n $i; done) $(case x in x) echo cx;; esac)"
### backticks nested
echo `echo \`echo inner\`` "`echo "dq"`"
### dollar single
echo $'tab\there' $'quote\'s' $'\x41\102\n' | cat -A | head -3
### here string no expansion glob
x='*'; cat <<< $x; cat <<< "$x"
### printf time
printf '%(%Y)T\n' 0; TZ=UTC printf '%(%F %T)T\n' 86400
### function overriding and unset
ls() { echo fake; }; ls; unset -f ls; type -t ls; function g() { echo g; }; g; function h { echo h; }; h
### declare f
f() { echo hi; if true; then echo x; fi; }; declare -f f; declare -F f; type f
### compound redirect
for i in 1 2; do echo $i; done > f; cat f; if true; then echo a; fi >> f; while read x; do echo "r$x"; done < f; { read a; read b; } < f; echo $a$b
### loop with pipe break
seq 1 1000 | while read x; do [ $x = 3 ] && break; echo $x; done; echo end
### variable in command position
c="echo a b"; $c; d=echo; $d x; e=; $e echo still
### export function env
X=1 Y=2 env | grep -E '^[XY]=' | sort
### shift and args loop
set -- -v --name=foo file; while [ $# -gt 0 ]; do case "$1" in -v) echo verbose;; --name=*) echo "name ${1#*=}";; *) echo "file $1";; esac; shift; done
### arg loop function
usage() { echo "usage: $0 x" >&2; return 1; }; main() { [ $# -lt 1 ] && { usage 2>/dev/null; return; }; echo ok; }; main; echo $?; main a
### retry loop
n=0; until [ $n -ge 3 ] || false; do n=$((n+1)); echo try $n; sleep 0.01; done
### timeouts with read
read -t 0.1 x < <(sleep 1); [ $? -gt 128 ] && echo timed out
### trap return codes
f() { trap 'echo ret' RETURN; echo in; }; f; trap - RETURN
### disown and wait
sleep 0.1 & disown; wait; echo ok
### history expansion off
echo "hi!" 'a!b' c!d
### string repeat
printf '=%.0s' {1..10}; echo; s=$(printf '%*s' 5 ''); echo "${s// /x}"
### local scope arrays
f() { local a=(1 2); local -A m=([x]=1); echo ${#a[@]} ${m[x]}; }; a=out; f; echo $a
### ifs null
IFS=; x="a b"; for i in $x; do echo "<$i>"; done; set -- 1 2; echo "$*"
### unusual names
_x=1; x_1=2; echo $_x $x_1 ${_x}y $x_1y; a1=3; echo "$a1-${a1}b"
### number formats
echo $((16#ff)) $((36#z)) $((08)) 2>/dev/null; echo rc $?
### comparison chain
[ 1 -eq 1 ] && [ 2 -eq 2 ] && echo both; [ 1 -eq 2 ] || [ 2 -eq 2 ] && echo either; if ! [ 1 -eq 2 ]; then echo neg; fi
### globstar
shopt -s globstar; mkdir -p t/u; touch t/a t/u/b; echo t/**; echo **/b
### dotglob
touch .h v; shopt -s dotglob; echo *; shopt -u dotglob; echo *
### nocasematch
shopt -s nocasematch; [[ ABC == abc ]] && echo ci; case FOO in foo) echo cf;; esac
### lastpipe
shopt -s lastpipe; echo x | read v; echo "v=$v"
### process id relations
[ "$(bash -c 'echo $PPID')" = "$$" ] && echo parent; [ $BASHPID = $$ ] && echo same; ( [ $BASHPID != $$ ] && echo differs ); echo $BASH_SUBSHELL $(echo $BASH_SUBSHELL)
### caller stack
f() { echo ${FUNCNAME[@]}; caller 0 | cut -d' ' -f1,2; }; g() { f; }; g
### a shell that becomes its last command lets its own descriptors go
mkfifo p; (cat p; echo over) & sh -c 'cat > p' <<< hello; wait
### exec with a redirection closes what was there
mkfifo p; (cat p; echo over) & bash -c 'echo one; exec echo two > p' ; wait
### bytes that are no letters
printf '\xff\376' | od -An -tx1; x=$(printf '\xff\n'); printf %s "$x" | od -An -tx1; echo ${#x}; echo -e '\xc3\xa9' | od -An -tx1
y=$(printf '\xc3\xa9'); echo "$y ${#y}"; printf '%b' '\0376' | od -An -tx1; echo $'\xff' | od -An -tx1; echo $'a\x62\n'; read -r z < <(printf 'a\xffb\n'); printf %s "$z" | od -An -tx1
printf '\xff\x00\x01' | wc -c; printf '\xde\xad\xbe\xef' > f; wc -c < f; cat <<< $'\xfe' | od -An -tx1; printf '\u20ac' | od -An -tx1

### a program gets its environment in the order of bash's table
env -i PATH=/usr/bin:/bin HOSTNAME=x HOME=/nowhere ZED=1 AB=2 bash -c 'env' | grep -v PWD; env -i PATH=/usr/bin:/bin HOME=/nowhere bash -c 'env | grep SHLVL; (env) | grep SHLVL; true'
