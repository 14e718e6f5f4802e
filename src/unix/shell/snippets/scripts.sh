### verify script with functions
#!/bin/bash
fail() { echo "FAIL: $*" >&2; exit 1; }
check() { local name=$1; shift; if "$@" > /dev/null 2>&1; then echo "ok   $name"; else echo "miss $name"; fi; }
check true true
check false false
check file test -f /etc/passwd
[[ $(wc -l < /etc/passwd) -ge 0 ]] || fail "no passwd"
count=$(printf 'a\nb\nc\n' | wc -l)
[ "$count" -eq 3 ] && echo "three lines"
### retry with timeout
attempt=0
max=3
while ! [ -f ready ]; do
  attempt=$((attempt + 1))
  if [ "$attempt" -gt "$max" ]; then
    echo "gave up after $max"
    break
  fi
  [ "$attempt" -eq 2 ] && touch ready
  sleep 0.01
done
echo "attempts: $attempt"
### script set euo
set -euo pipefail
name=${1:-world}
items=(one two three)
for item in "${items[@]}"; do
  printf '%s: %s\n' "$name" "$item"
done
trap 'rc=$?; echo "exit with $rc"' EXIT
grep -q nothing /etc/passwd || echo "not there"
cat /nonexistent 2>/dev/null | sort
echo unreachable
### heredoc to file with variables
NAME=web PORT=8080
cat > conf.yaml <<EOF
name: ${NAME}
port: ${PORT}
replicas: $(( PORT / 4040 ))
literal: \$HOME
EOF
cat conf.yaml
### heredoc quoted with yaml
cat <<'YAML' > d.yaml
env:
  - name: X
    value: "$(X) ${Y} `z`"
YAML
cat d.yaml; grep -c value d.yaml
### heredoc with pipes and append
cat <<EOF | grep b >> out
a1
b1
EOF
cat <<EOF >> out
more
EOF
cat out
### heredoc in if and with tabs
if true; then
	cat <<-EOF
		indented $((1+1))
	EOF
fi
### heredoc empty and no newline
cat <<EOF
EOF
echo "[$(cat <<EOF
x
EOF
)]"
### heredoc inside command substitution
x=$(cat <<'EOF'
line "one"
line 'two'
EOF
)
echo "$x"
### line parse loop
while IFS='=' read -r key value; do
  case $key in
    ''|\#*) continue ;;
  esac
  declare "cfg_$key=$value"
done <<'EOF'
# comment
host=localhost
port=80

path=/a=b
EOF
echo "$cfg_host $cfg_port $cfg_path"
### csv columns
printf 'name,age\nann,30\nbob,25\n' | { read header; while IFS=, read -r n a; do echo "$n is $a"; done; }
### loop over files with spaces
touch "a b.txt" c.txt; for f in *.txt; do echo "[$f]"; done; find . -name '*.txt' 2>/dev/null | wc -l | tr -d ' '
### args with defaults
f() { local a=${1:?need a} b=${2:-two} c=${3-three}; echo "$a $b $c"; }; f one; f 1 "" ""; (f) 2>/dev/null; echo $?
### option parsing long
parse() {
  local verbose=0 out=
  while [[ $# -gt 0 ]]; do
    case $1 in
      -v|--verbose) verbose=1; shift ;;
      -o|--out) out=$2; shift 2 ;;
      --out=*) out=${1#--out=}; shift ;;
      --) shift; break ;;
      -*) echo "unknown $1"; return 2 ;;
      *) break ;;
    esac
  done
  echo "v=$verbose out=$out rest=$*"
}
parse -v -o x a b; parse --out=y -- -z; parse -q; echo $?
### stack with arrays
stack=(); push() { stack+=("$1"); }; pop() { unset 'stack[-1]'; }; push a; push b; push c; pop; echo "${stack[@]} ${#stack[@]} ${stack[-1]}"
### queue with arrays
q=(1 2 3); q=("${q[@]:1}"); q+=(4); echo ${q[@]}
### array join and split
join() { local IFS=$1; shift; echo "$*"; }; join , a b c; IFS=/ read -ra p <<< "/usr/local/bin"; echo ${#p[@]} ${p[2]}
### associative counting
declare -A count; for w in a b a c a b; do ((count[$w]++)); done; for k in a b c; do echo "$k ${count[$k]}"; done
### associative keys with spaces
declare -A m; m["a b"]=1; m['c d']=2; k="a b"; echo ${m[$k]} ${m["c d"]}; unset 'm[a b]'; echo ${#m[@]}; [[ -n ${m["c d"]+x} ]] && echo there
### nested data by prefix
for i in 1 2; do eval "var_$i=value$i"; done; for i in 1 2; do n=var_$i; echo ${!n}; done
### printf table
printf '%-10s|%5s|%s\n' name qty note apple 3 red pear 12 green
### numbers and rounding
printf '%.2f %.0f %e %g %g\n' 3.14159 2.5 12345.678 0.00001 1000000; printf '%+d % d %05d %-5d| %x %X %#x %o\n' 5 5 42 7 255 255 255 8
### string functions
s="Hello World"; echo "${s:0:5}" "${s: -5}" "${#s}" "${s/World/There}" "${s//o/0}" "${s^^}" "${s,,}" "${s%% *}" "${s#* }"
### path functions
p=/a/b/c.tar.gz; echo "$(basename $p) $(dirname $p) ${p##*.} ${p%.*} ${p##*/}"
### trim
t="   padded   "; t="${t#"${t%%[![:space:]]*}"}"; t="${t%"${t##*[![:space:]]}"}"; echo "[$t]"
### repeat and pad
n=5; printf '%0.s-' $(seq 1 $n); echo; printf "%${n}s|\n" x
### is number
for v in 12 -3 4.5 abc ''; do [[ $v =~ ^-?[0-9]+$ ]] && echo "$v int" || echo "$v no"; done
### regex captures
line='2024-01-15 ERROR [main] boom'; if [[ $line =~ ^([0-9-]+)\ ([A-Z]+)\ \[([a-z]+)\]\ (.*)$ ]]; then printf '%s|' "${BASH_REMATCH[@]:1}"; echo; fi
### regex alternatives
for v in cat dog bird; do if [[ $v =~ ^(cat|dog)$ ]]; then echo "pet $v"; else echo "other $v"; fi; done
### glob match in double bracket
for f in a.yaml b.yml c.json; do [[ $f == *.y?(a)ml ]] && echo "$f yaml"; [[ $f != *.json ]] || echo "$f json"; done
### arithmetic loop
sum=0; for ((i=1;i<=100;i++)); do ((sum+=i)); done; echo $sum; echo $((sum%7)) $((sum/7)) $((sum>>2))
### fibonacci
a=0 b=1; for i in {1..10}; do printf '%d ' $a; ((c=a+b, a=b, b=c)); done; echo
### primes
for n in {2..20}; do p=1; for ((d=2;d*d<=n;d++)); do ((n%d==0)) && { p=0; break; }; done; ((p)) && printf '%d ' $n; done; echo
### bubble sort
a=(5 3 9 1); n=${#a[@]}; for ((i=0;i<n;i++)); do for ((j=0;j<n-1-i;j++)); do if ((a[j]>a[j+1])); then t=${a[j]}; a[j]=${a[j+1]}; a[j+1]=$t; fi; done; done; echo ${a[*]}
### gcd recursive
gcd() { (( $2 == 0 )) && echo $1 || gcd $2 $(( $1 % $2 )); }; gcd 48 18
### local in recursion
walk() { local depth=$1; (( depth > 3 )) && return; echo "$depth"; walk $((depth+1)); echo "back $depth"; }; walk 1
### background workers
for i in 1 2 3; do (sleep 0.$i; echo "worker $i") & done; wait; echo all
### collect pids
pids=(); for i in 1 2 3; do (exit $i) & pids+=($!); done; for p in "${pids[@]}"; do wait $p; echo "status $?"; done
### parallel with temp files
for i in a b; do { sleep 0.02; echo "res $i" > out.$i; } & done; wait; cat out.*
### producer consumer
producer() { for i in 1 2 3; do echo "job $i"; sleep 0.01; done; }; consumer() { while read -r j; do echo "did $j"; done; }; producer | consumer
### tee and count
seq 5 | tee copy | wc -l | tr -d ' '; cat copy | tail -1
### stderr capture only
err=$( { echo out; echo err >&2; } 2>&1 >/dev/null ); echo "[$err]"
### status of pipeline in if
if echo hello | grep -q hell; then echo found; fi; if ! echo hello | grep -q xyz; then echo "not found"; fi
### grep and variables
data=$'alpha 1\nbeta 2\ngamma 3'; echo "$data" | while read -r n v; do [ "$v" -gt 1 ] && echo "$n"; done; grep beta <<< "$data"
### cleanup trap
tmp=$(mktemp 2>/dev/null || echo tmpfile); trap 'rm -f "$tmp"; echo cleaned' EXIT; echo data > "$tmp"; cat "$tmp"
### trap int in subshell
( trap 'echo int; exit 7' INT; kill -INT $BASHPID; sleep 1; echo no ); echo $?
### trap term and wait
( trap 'echo term; exit 0' TERM; sleep 0.3 & wait ) & p=$!; sleep 0.1; kill -TERM $p; wait $p; echo "rc $?"
### ignored signal
( trap '' TERM; kill -TERM $BASHPID; echo survived )
### timeout pattern
( sleep 5 ) & p=$!; ( sleep 0.1; kill $p 2>/dev/null ) & wait $p 2>/dev/null; echo "rc $?"
### exit inside function in pipeline
f() { exit 3; }; f | cat; echo $?; (f); echo $?; x=$(f); echo $?
### return values chain
a() { return 1; }; b() { a && return 5; return 6; }; b; echo $?
### nested functions defined inside
outer() { inner() { echo "inner $1"; }; inner x; }; outer; inner y
### unset function and fallback
greet() { echo custom; }; greet; unset -f greet; greet 2>/dev/null || echo gone
### command exists checks
for c in bash nosuchcmd; do if command -v $c >/dev/null 2>&1; then echo "$c yes"; else echo "$c no"; fi; done; type nosuch >/dev/null 2>&1 || echo none; hash nosuch 2>/dev/null || echo nohash
### env vars visible
export FOO=bar; sh -c 'echo $FOO'; (unset FOO; sh -c 'echo ${FOO-unset}'); env -i X=1 sh -c 'echo $X ${FOO-unset}'
### source with args and return
cat > lib.sh <<'EOF'
greet() { echo "hello $1"; }
LIB=loaded
return 0
echo never
EOF
. ./lib.sh; greet me; echo $LIB
### script with arguments
cat > s.sh <<'EOF'
#!/bin/bash
echo "$# args: $*"
for a in "$@"; do echo "- $a"; done
exit $#
EOF
chmod +x s.sh; ./s.sh one "two three"; echo "rc $?"
### script reading stdin
cat > up.sh <<'EOF'
while IFS= read -r line; do echo "${line^^}"; done
EOF
printf 'abc\ndef' | bash up.sh; echo ghi | bash -c 'read x; echo "got $x"'
### double quotes inside command substitution
echo "$(printf '%s\n' "a b" "c d" | head -1)" "$(echo "x\"y")"
### escaped newline in strings
echo "one\
two" 'one\
two'
### multi line string assignment
s="line1
line2
  line3"; echo "$s" | wc -l | tr -d ' '; echo $s
### ansi c strings
printf '%s\n' $'a\'b' $'tab\tend' $'\u263a' $'nl\nx' | head -5
### dollar forms
echo "$" "a$" '$x' "$1" "${1}" $ "cost: $5" "\$5"
### special characters unquoted
echo a#b a=b a,b a:b a/b a@b a%b a+b -a --b a~ ~a^b
### glob no match with quotes
echo *.nomatch "*.nomatch" '[a]' [z]*.nomatch
### glob character classes
touch f1 f2 fa F1; echo f[0-9] f[a-z] [fF]1 f[!0-9] f[[:digit:]]
### brace with variables and paths
d=x; echo $d{1,2} {$d,y} /usr/{bin,lib}/{a,b} file.{txt,md}; mkdir -p p/{a,b/{c,d}}; ls -d p/*/* 
### brace edge
echo {1..3}{a,b} {,x} a{b}c {1..} {a..c..2} {-1..1} {10..8} {001..3} ${d}{1,2}
### tilde expansion
HOME=/h; echo ~/x ~ "~/x" a~/x; x=~/y; echo $x; PATH=$PATH:~/bin; echo ${PATH##*:}
### cd and pwd
mkdir -p a/b/c; cd a/b/c && cd ../.. && basename "$PWD"; (cd b; basename "$PWD"); cd ./b//c/../; basename $PWD; cd -P . ; echo $?
### oldpwd
mkdir x y; cd x; cd ../y; basename "$OLDPWD"; cd - >/dev/null; basename "$PWD"
### read multiple files
printf '1\n2\n' > a; printf 'x\ny\n' > b; while read -r l <&3 && read -r r <&4; do echo "$l$r"; done 3<a 4<b
### read from descriptor
exec 5< <(printf 'one\ntwo\n'); read -u 5 a; read -u5 b; echo "$a $b"; exec 5<&-
### write through named descriptor
exec {fd}> out; echo hi >&$fd; exec {fd}>&-; cat out; [ $fd -ge 10 ] && echo big
### redirect in function definition
f() { echo out; echo err >&2; } 2>/dev/null; f; g() { head -1; } < /etc/passwd; g | wc -l | tr -d ' '
### redirect stderr to stdout and file
{ echo a; echo b >&2; } > both.txt 2>&1; sort both.txt; { echo c; nosuch; } 2> errs; wc -l < errs | tr -d ' '
### read write redirect
echo hello > f; exec 3<> f; read -u 3 x; echo $x; exec 3>&-; : > f; wc -c < f | tr -d ' '
### here string with command
wc -w <<< "$(echo a b c)" | tr -d ' '; read -r first rest <<< "one two three"; echo "$first|$rest"; tr a-z A-Z <<< text
### output of test expressions
x=5; if [ $x -gt 3 ] && [ $x -lt 10 ]; then echo in; fi; if (( x > 3 && x < 10 )); then echo in2; fi; [ -z "$nope" ] && echo empty; [ "$x" = 5 -o "$x" = 6 ] && echo or
### test with not and parens
[ ! \( 1 -eq 2 -o 3 -eq 4 \) ] && echo none; [ ! "" ] && echo notempty; test ! -f nofile && echo nofile; [ -n "a" -a ! -z "b" ] && echo both
### arithmetic conditions
i=0; while ((i++ < 3)); do printf $i; done; echo; ((0)) || echo zero; (( 5 == 5 )) && echo eq; until ((i-- <= 1)); do printf $i; done; echo
### ternary and logic
a=5; echo $(( a > 3 ? 100 : 200 )) $(( a == 5 && a != 6 )) $(( !a )) $(( a & 1 )) $(( ~a )) $(( a << 2 | 1 ))
### hex octal binary
echo $((0xff)) $((0777)) $((2#1010)) $((16#FF)) $((36#Z)); printf '%d %o %x\n' 0xff 8 255
### increments in subscripts
a=(10 20 30); i=0; echo ${a[i++]} ${a[i++]} $i; ((a[i]+=5)); echo ${a[2]}; a[i+1]=40; echo ${a[@]}
### unset variables in arithmetic
unset u; echo $((u + 1)) $((u++)) $u; v=; echo $((v + 2)); w=" 7 "; echo $((w * 2))
### exit status arithmetic
((1 > 2)); echo $?; ((2 > 1)); echo $?; let "x = 0"; echo $?; let "x = 1"; echo $?; x=$((0)); echo $?
### nested case in loop
for arg in start stop status bogus; do case $arg in start|restart) echo "starting";; stop) echo "stopping";; st*) echo "st-star";; *) echo "usage"; continue;; esac; echo "did $arg"; done
### case with classes
for c in a Z 5 _ ' '; do case $c in [[:lower:]]) echo low;; [[:upper:]]) echo up;; [[:digit:]]) echo dig;; [[:space:]]) echo sp;; *) echo other;; esac; done
### until with read
n=0; printf 'a\nb\nstop\nc\n' | until read -r l && [ "$l" = stop ]; do echo "$l"; done
### while with multiple conditions
i=0; while [ $i -lt 5 ] && [ $i -ne 3 ]; do i=$((i+1)); done; echo $i; while read -r x || [ -n "$x" ]; do echo "[$x]"; done < <(printf 'a\nb')
### for over command output
for u in $(cut -d: -f1 /etc/passwd | head -1); do echo "user $u"; done; for i in `seq 2`; do echo $i; done; for w in $(echo "a b" c); do echo $w; done
### for without in
f() { for a; do echo "arg $a"; done; }; f x "y z"; set -- p q; for b do echo $b; done
### select end of input
echo 1 | { select o in x y; do echo "$REPLY:$o"; done; } 2>/dev/null
### shift loops
set -- a b c d; while (( $# )); do echo "$1 of $#"; shift 2 || break; done; shift 5; echo $?
### getopts full
run() { local OPTIND opt a= b=; while getopts ":ab:h" opt; do case $opt in a) a=1;; b) b=$OPTARG;; h) echo help;; :) echo "need arg -$OPTARG";; \?) echo "bad -$OPTARG";; esac; done; shift $((OPTIND-1)); echo "a=$a b=$b rest=$*"; }; run -a -b x y; run -ab z; run -b; run -q w
### printf with v and arrays
printf -v s '%s,' a b c; echo ${s%,}; a=(x y z); printf '<%s>' "${a[@]}"; echo; printf '%s=%s\n' k1 v1 k2 v2
### echo variants
echo -e "a\tb\\n" ; echo -e '\x41\u0042\0103'; echo -n; echo "-n"; echo -en "x\n"; echo -E "a\nb"; echo \\n
### quoting for eval
cmd="echo 'a  b' \"c  d\""; eval "$cmd"; args=(echo "x  y"); "${args[@]}"; q=$(printf '%q ' "a b" 'c"d'); eval "set -- $q"; echo $# "$2"
### indirect arrays
arr=(1 2 3); ref="arr[@]"; echo "${!ref}"; ref2='arr[1]'; echo ${!ref2}; n=arr; declare -n r=$n; echo ${r[2]} ${#r[@]}
### pass array by name
sum() { local -n nums=$1; local t=0 x; for x in "${nums[@]}"; do ((t+=x)); done; echo $t; }; v=(1 2 3 4); sum v
### return array by mapfile
list() { printf '%s\n' "a b" c; }; mapfile -t got < <(list); echo ${#got[@]} "${got[0]}"
### dates and seconds
SECONDS=10; [ $SECONDS -ge 10 ] && echo ok; [ -n "$EPOCHSECONDS" ] && echo epoch; printf '%(%s)T' 5; echo
### bash env variables
echo ${BASH_VERSION%%.*} ${BASH_VERSINFO[0]} ${#BASH_SOURCE[@]}; [ -n "$BASH" ] && echo set; echo $OSTYPE $HOSTTYPE
### last arg and underscore
echo a b c > /dev/null; echo $_; true x y; echo "$_"
### bang and dollar pid
[ $$ = $BASHPID ] && echo same; sleep 0 & [ "$!" -gt 0 ] && echo pid; wait $!; echo $?
### comments everywhere
echo a # b
: # nothing
echo "# not" '# not' a#b
if true # comment
then # another
  echo yes # end
fi
### line continuation operators
true &&
  echo and
false ||
  echo or
echo a |
  cat
x=(
  1 # one
  2
)
echo ${#x[@]}
### semicolon variants
if true; then echo 1; fi; { echo 2; }; (echo 3); for i in 4; do echo $i; done; while false; do :; done; echo 5;
### unicode
s="héllo wörld ☃"; echo ${#s} ${s:1:4} ${s^^}; echo "日本語" | wc -m | tr -d ' '; [[ é == [[:alpha:]] ]] && echo alpha || echo notalpha
### very long line
s=$(printf 'x%.0s' {1..5000}); echo ${#s}; echo ${s:4990:20}
### many iterations
n=0; while [ $n -lt 3000 ]; do n=$((n+1)); done; echo $n; seq 2000 | while read x; do :; done; echo done
### deep recursion
down() { [ $1 -eq 0 ] && { echo bottom; return; }; down $(($1-1)); }; down 50
### pipeline exit and set e
set -e; echo a | grep b || echo "no b"; if ! grep -q zzz /etc/passwd; then echo absent; fi; true | false | true; echo end
### errexit in command substitution assignment
set -e; x=$(echo ok; false) || echo "failed with $x"; local_test() { local y=$(false); echo "local masks"; }; local_test; y=$(false); echo no
### errexit and arithmetic
set -e; i=0; ((i++)) || true; echo $i; ((i++)); echo $i; ((i=0)); echo no
### pipefail and head
set -o pipefail; seq 100000 | head -1; echo $?; yes | head -1 >/dev/null; echo $?
### nounset with arrays
set -u; a=(); echo "${#a[@]}"; echo "${a[@]}"; for x in "${a[@]}"; do echo $x; done; echo "${a[@]:-none}"; b=(1); echo ${b[0]}; echo ${b[1]-unset}
### xtrace output
( set -x; a="x y"; echo "$a" z; [ 1 -eq 1 ]; for i in 1; do :; done; [[ -n $a ]]; (( 1 + 1 )) ) 2>&1
### verbose and noexec
bash -n -c 'echo never'; echo $?; bash -n -c 'if' 2>/dev/null; echo $?
### exec redirects whole script
exec > log 2>&1; echo logged; nosuch_cmd; exec > /dev/null; grep -c . log; exit 3
### restore stdout
exec 3>&1 > file; echo hidden; exec 1>&3 3>&-; echo shown; cat file
### subshell isolation
x=1; f() { echo orig; }; ( x=2; f() { echo changed; }; cd /; f; echo $x $PWD ); echo $x; f; [ "$PWD" != / ] && echo stayed
### export functions do not leak
f() { echo leaked; }; bash -c 'f' 2>/dev/null || echo "not exported"
### temporary environment
X=outer; X=inner bash -c 'echo $X'; echo $X; X=tmp eval 'echo $X'; echo $X; f() { echo "f $X"; }; X=fn f; echo $X
### IFS temp for read only
IFS=: read -r a b <<< "1:2"; echo "$a $b"; echo "[$IFS]" | od -c | head -1 | tr -s ' '
### wait for nothing and invalid
wait; echo $?; wait 99999 2>/dev/null; echo $?; jobs; echo $?
### kill invalid
kill 2>/dev/null; echo $?; kill -NOSIG 1 2>/dev/null; echo $?; kill -l 9; kill -l INT; kill -0 $$ && echo me
### umask affects files
umask 077; touch s; mkdir d; ls -ld s d | cut -c1-10; umask 022
### permission denied
[ "$(id -u)" = 0 ] && echo skip-as-root || { touch f; chmod 000 f; cat f; }
### not executable
echo 'echo hi' > n.sh; ./n.sh 2>/dev/null; echo $?; chmod +x n.sh; ./n.sh; bash n.sh
### directory as command
mkdir dd; ./dd 2>/dev/null; echo $?; dd/ 2>/dev/null; echo $?
### PATH lookup
mkdir b1 b2; printf '#!/bin/sh\necho one\n' > b1/tool; printf '#!/bin/sh\necho two\n' > b2/tool; chmod +x b?/tool; PATH=$PWD/b1:$PWD/b2:$PATH; tool; PATH=$PWD/b2:$PATH; tool; PATH=/nowhere tool 2>/dev/null; echo $?
### relative script with env shebang
printf '#!/usr/bin/env bash\necho "env $1"\n' > e.sh; chmod +x e.sh; ./e.sh ok
### shebang with argument
printf '#!/bin/bash -e\nfalse\necho no\n' > e.sh; chmod +x e.sh; ./e.sh; echo $?
### bash options on command line
bash -ec 'false; echo no'; echo $?; bash -uc 'echo ${z-unset}'; bash -xc 'echo t' 2>&1; bash -o pipefail -c 'false | true'; echo $?
### exit codes over 255
(exit 256); echo $?; (exit 257); echo $?; (exit -1); echo $?; bash -c 'kill -9 $$'; echo $?; bash -c 'kill -TERM $$'; echo $?
### alias in script off by default
alias zz='echo no'; zz 2>/dev/null; echo $?
### time keyword formats
TIMEFORMAT=; { time true; } 2>&1 | wc -l | tr -d ' '; { time -p true; } 2>&1 | grep -c real
### process substitution as argument pair
paste <(seq 3) <(seq 4 6) 2>/dev/null || echo nopaste; comm -12 <(printf 'a\nb\n') <(printf 'b\nc\n') 2>/dev/null || echo nocomm
### diff of outputs
diff <(echo a) <(echo a) && echo same; diff <(echo a) <(echo b) > /dev/null || echo differ
### xargs and friends
echo "a b c" | xargs -n1 echo item; printf '1\n2\n' | xargs -I{} echo "<{}>"; seq 3 | xargs
### awk and sed in pipes
printf 'a 1\nb 2\n' | awk '{s+=$2} END {print s}'; echo hello | sed 's/l/L/g'; printf 'x:y\n' | cut -d: -f2
### sort uniq count
printf 'b\na\nb\nc\nb\n' | sort | uniq -c | sort -rn | awk '{print $2,$1}'
### source a substitution
source <(echo 'sourced=yes; f() { echo "f $1"; }'); echo $sourced; f x; . /dev/stdin <<< 'echo from stdin'
### substitution in a function argument
show() { true; cat "$1" "$2"; }; show <(echo one) <(echo two); wc -l < <(printf '1\n2\n') | tr -d ' '
### closed descriptors
echo hi >&- 2>/dev/null; echo $?; cat <&- 2>/dev/null; echo $?; { echo x; } 2>&- ; echo $?
### dev paths
echo a > /dev/null; { echo b > /dev/stdout; echo c > /dev/fd/1; } | cat; cat < /dev/null; echo d | cat /dev/stdin; head -c 3 /dev/zero | wc -c | tr -d ' '
### command not found handler
command_not_found_handle() { echo "no $1 here"; return 127; }; frobnicate x; echo $?
### stdin passes to commands in loop
printf 'a\nb\nc\n' | while read x; do echo "x=$x"; head -1 > /dev/null; done
### ignored stdin for background
cat & wait; echo done
### subshell jobs and exit
( sleep 0.1; exit 5 ) & wait $!; echo $?; { sleep 0.1; echo a; } & { echo b; }; wait
### pid variables in subshells
[ $(echo $$) = $$ ] && echo same; [ $(bash -c 'echo $$') != $$ ] && echo other; (echo $BASH_SUBSHELL; (echo $BASH_SUBSHELL))
### array assignment keeps quoting
v='a b'; a=($v "$v"); echo ${#a[@]}; a+=("x y" z); echo ${#a[@]}; b=("${a[@]/a/A}"); printf '<%s>' "${b[@]}"; echo
### quoted patterns in expansions
p='*'; x='a*b*c'; echo "${x//"$p"/-}" "${x//$p/-}" "${x#*"$p"}"; y='[x]'; echo "${y#[}" "${y//[\[\]]/}"
### case modification patterns
s=foo_bar; echo ${s^^[a-c]} ${s^f}; t=ABC; echo ${t,,[AB]}
### printf invalid numbers
printf '%d\n' abc 2>/dev/null; echo $?; printf '%d %s\n' 3x ok 2>/dev/null; printf '%z\n' 2>/dev/null; echo $?
### conditional expressions mix
a=1 b=; [[ $a && ! $b ]] && echo 1; [[ $a -eq 01 ]] && echo 2; [[ a -lt 5 ]] && echo 3; [[ $b == '' ]] && echo 4; [[ -d / && -r /etc/passwd ]] && echo 5; [[ ab =~ ^a.?$ && ${#BASH_REMATCH[0]} -eq 2 ]] && echo 6
### string escapes in double brackets
x='a\b'; [[ $x == 'a\b' ]] && echo 1; [[ $x == a\\b ]] && echo 2; [[ 'a*' == a\* ]] && echo 3; [[ abc == a\* ]] || echo 4
### arithmetic errors continue scripts
bash -c 'echo $((08))
echo next' 2>/dev/null; bash -c '((1/0)); echo same line' 2>/dev/null; echo $?
### function names and keywords
my-func() { echo dash; }; my-func; a.b() { echo dot; }; a.b; time_it() { echo t; }; time_it
### long options parse with equals
for o in --a=1 --b --c=x=y; do case $o in --*=*) k=${o%%=*}; v=${o#*=}; echo "${k#--} -> $v";; *) echo "flag $o";; esac; done
### heredoc with command expansions and nested heredoc
cat <<EOF
$(cat <<INNER
inner $((1+1))
INNER
)
end `echo tick`
EOF
### heredoc delimiters
cat <<"E O"
spaced
E O
cat <<\X
$no
X
cat <<-'T'
	tab $x
	T
### empty and colon commands
: ; :; true;; 2>/dev/null
### exit trap order
f() { trap 'echo f-exit' EXIT; }; f; echo body; trap 'echo second' EXIT; exit 2
### signals to self
trap 'echo hup' HUP; kill -HUP $$; trap 'echo usr2' USR2; kill -s USR2 $$; kill -12 $$; trap '' USR1; kill -USR1 $$; echo alive
### wait interrupted by trap
trap 'echo alarm' ALRM; (sleep 0.1; kill -ALRM $$) & sleep 0.3 & wait $!; echo "rc $?"
### reading lines with backslashes
printf '%s\n' 'a\nb' 'c\\d' | while read -r l; do echo "$l"; done; printf '%s\n' 'a\' 'b' | { read x; echo "$x"; }
### numeric for with variables
n=3; for ((k=n; k>0; k--)); do echo -n "$k "; done; echo; for i in $(seq 1 $n); do echo -n "$i "; done; echo; eval "for i in {1..$n}; do echo -n \$i; done"; echo
### unset in loop and export order
export ZED=1; unset ZED; env | grep -c ZED; export A1; A1=x; env | grep A1
### tests with missing arguments
[ -n $nope ] && echo true-one-arg; [ $nope = x ] 2>/dev/null; echo $?; [ x = ] 2>/dev/null; echo $?
### compound commands as conditions
if { true; false; }; then echo t; else echo f; fi; if (exit 0); then echo t; fi; while { read l; [ "$l" != q ]; }; do echo "l $l"; done <<< $'a\nb\nq\nc'
### negated pipelines
! true | false; echo $?; ! false | true; echo $?; if ! true && true; then echo a; else echo b; fi
### printf percent b and escapes
printf '%b|%b\n' 'x\ty' '\x41\101'; printf '\\n %% \x41 \101 \u00e9\n'; printf "%s\n" "a\nb"; printf 'a\cb'; echo
### a coprocess answers through its descriptors
coproc tr a-z A-Z
echo hello >&${COPROC[1]}
exec {COPROC[1]}>&-
cat <&${COPROC[0]}
### a named coprocess with a loop
coproc counter { while read n; do echo $((n * 2)); done; }
echo 4 >&${counter[1]}; read x <&${counter[0]}; echo "$x"
echo 5 >&${counter[1]}; read x <&${counter[0]}; echo "$x"
### compgen makes candidates from words, functions and variables
compgen -W 'apple banana "blue berry"' b
compgen -W 'a b' z; echo $?
f() { :; }
compgen -A function
compgen -P x -S y -W 'one two' o
compgen -X 't*' -W 'one two three'
compgen -A signal SIGTE
compgen -k wh
compgen -A nosuch; echo $?
### complete remembers and prints what it was told
complete -W 'start stop' svc
complete -o nospace -F _f g
complete -p svc
complete -p g
complete -r svc
complete -p svc; echo $?
complete -p nothing 2>&1
### enable turns builtins off and on
enable -n test
type -t test
enable test
type -t test
enable nosuch 2>&1; echo $?
### fc and history do nothing where no history is kept
fc -l 2>&1
history
echo $?
