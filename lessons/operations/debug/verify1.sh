[ -n "$(kubectl get pod box -o jsonpath='{.spec.ephemeralContainers[0].name}' 2>/dev/null)" ] || { echo "The Pod box has no ephemeral container yet."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = 9898 ] || { echo "The file answer should hold the port on which the program listens."; exit 1; }
