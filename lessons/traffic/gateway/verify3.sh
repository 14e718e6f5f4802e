weights=$(kubectl get httproute shops -o jsonpath='{range .spec.rules[0].backendRefs[*]}{.name}={.weight} {end}' 2>/dev/null)
[ "$weights" = "tea=9 coffee=1 " ] || { echo "The backendRefs of the route are ${weights:-not there}; tea=9 coffee=1 is wanted."; exit 1; }
