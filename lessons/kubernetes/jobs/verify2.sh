[ "$(cat ~/answer 2>/dev/null)" = BackoffLimitExceeded ] || { echo "The file answer does not hold the reason. kubectl get job failing -o yaml shows the conditions."; exit 1; }
