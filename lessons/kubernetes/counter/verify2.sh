[ "$(kubectl get deployment hello-node -o jsonpath='{.status.readyReplicas}' 2>/dev/null)" = 4 ] || { echo "hello-node does not have four ready Pods."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = 4 ] || { echo "The file answer should hold how many lines test.sh printed with four Pods."; exit 1; }
