[ -n "$(cat ~/answer 2>/dev/null)" ] && [ "$(cat ~/answer)" = "$(kubectl get pod kubia -o jsonpath='{.status.podIP}')" ] || { echo "The file answer does not hold the Pod's address yet."; exit 1; }
