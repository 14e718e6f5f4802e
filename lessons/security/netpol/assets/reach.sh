try() {
  printf '%-5s -> %-10s ' "$1" "$2"
  if kubectl exec "$1" -c tools -- nc -z -w 2 "${2%:*}" "${2#*:}" >/dev/null 2>&1; then echo yes; else echo no; fi
}
try front api:80
try front db:6379
try api db:6379
