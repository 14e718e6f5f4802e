### for seq curl style
for i in $(seq 6); do echo "hit $i" | sed 's/hit/Hit/'; done
### kubectl style jsonpath quoting
echo '{.items[*].metadata.name}' "{.items[0].metadata.name}" '{range .items[*]}{.metadata.name}{"\n"}{end}'
### docker format quoting
echo '{{.Names}}\t{{.Status}}' "{{.ID}}" --format='{{json .}}'
### printf yaml
printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: %s\n' web
### loop until grep
n=0; until echo "state $n" | grep -q "state 3"; do n=$((n+1)); done; echo $n
### while true break
i=0; while true; do i=$((i+1)); if [ $i -ge 3 ]; then break; fi; done; echo $i; while :; do break; done
### cat append heredoc with dollar brace
V=1; cat >> f <<EOF
${V} $V $(echo $V) \${V}
EOF
cat f
### wait for background output
(for i in 1 2 3; do echo $i; sleep 0.05; done) | tee log | tail -1; cat log | wc -l | tr -d ' '
### env prefix with command substitution
A=$(echo x) B=y sh -c 'echo $A$B'; A="1 2" sh -c 'echo "$A"'
### test exit code of assignment grep
x=$(echo abc | grep z) && echo yes || echo "no $?"
### arithmetic in conditions with commands
if [ $(echo 5) -gt $(echo 3) ] && [ "$(echo a)" = a ]; then echo ok; fi; [ "$(ls | wc -l)" -eq 0 ] && echo empty
### multiple assignment forms
a=1; b=$a; c="$a$b"; d=${c}x e='f g'; echo $a $b $c $d $e; f=$e; echo "$f"; g=`echo h`; echo $g; h=(); echo "${#h[@]}"
### trap cleanup in function and ctrl
cleanup() { echo "cleanup $1"; }; trap 'cleanup $LINENO' EXIT; echo start
### eval set loops
eval "$(echo 'export Q=1')"; echo $Q; set -- $(echo 'a b c'); echo $2
### quoting of asterisk
a='*'; touch x1; echo "$a" '$a' $a \* "\*"
### set e and pipelines in functions
set -eo pipefail; f() { cat /nonexist 2>/dev/null | wc -l; echo after; }; f || echo "failed"; f; echo unreached
### basename loops
for p in /a/b.txt /c/d.tar.gz; do f=${p##*/}; echo "${f%%.*} ${f#*.} $(dirname "$p")"; done
### nested if elif
for n in 0 5 15 25; do if [ $n -lt 1 ]; then echo zero; elif [ $n -lt 10 ]; then echo small; elif [ $n -lt 20 ]; then echo mid; else echo big; fi; done
### find style loop
mkdir -p a/b; touch a/1.yaml a/b/2.yaml; for f in a/*.yaml a/**/*.yaml; do echo $f; done | sort -u
### tr and counting
echo "hello world" | tr -d 'l' | tr 'a-z' 'A-Z'; echo "a,b,c" | tr ',' '\n' | wc -l | tr -d ' '
### base64 and such
echo -n secret | base64; echo c2VjcmV0 | base64 -d; echo
### here doc to sh
sh <<'EOF'
x=5
echo "in sh $x $((x*2))"
EOF
bash -s -- a b <<'EOF'
echo "$# $1"
EOF
### stdin script with syntax error
printf 'echo one\nif\n' | bash 2>/dev/null; echo $?
### large pipeline data
seq 1 20000 | sort -n | tail -1; seq 1 20000 | wc -c | tr -d ' '; seq 1 5000 | { head -2; cat > /dev/null; }
### variable scope in while with redirect
t=0; while read n; do t=$((t+n)); done < <(seq 10); echo $t; t=0; while read n; do t=$((t+n)); done <<< "$(seq 4)"; echo $t
### function output capture with status
get() { echo val; return 4; }; v=$(get); echo "$v $?"; if v=$(get); then echo ok; else echo "bad $v $?"; fi
### cut and while IFS tab
printf 'a\tb\nc\td\n' | while IFS=$'\t' read -r x y; do echo "$y-$x"; done
### date arithmetic
s=1000; e=4725; d=$((e-s)); printf '%02d:%02d:%02d\n' $((d/3600)) $((d%3600/60)) $((d%60))
### multi-line pipes and comments
echo start |
  # a comment in between
  sed 's/start/end/' |
  cat
### subshell with exec
( exec 2>&1; echo to-err >&2 ) | sed 's/^/> /'
### logical grouping
(true || echo no) && { false || echo yes; }; true && { echo a; false; } || echo b
### no newline file read
printf 'x=1\ny=2' > e; while IFS= read -r l || [[ -n $l ]]; do echo "[$l]"; done < e; set -a; . ./e; set +a; sh -c 'echo $x$y'
### local variables with same name as global
x=g; f() { echo $x; local x=l; echo $x; g; }; g() { echo "g sees $x"; }; f; echo $x
### string multiplication table
for i in 1 2 3; do for j in 1 2 3; do printf '%3d' $((i*j)); done; echo; done
### shellcheck style quoting
files=("a b" 'c"d' e\'f); for f in "${files[@]}"; do printf '%s\n' "$f"; done; printf '%q\n' "${files[@]}"
### select in array
opts=(x y z); idx=1; echo "${opts[idx]} ${opts[$((idx+1))]} ${opts[@]:(-1)} ${opts[-2]}"
### test -v and default
unset u; [[ -v u ]] || u=default; echo $u; : "${w:=wdef}"; echo $w; : ${z=1}; echo $z
