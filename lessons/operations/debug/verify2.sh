[ "$(kubectl get pod copy -o jsonpath='{.status.phase}' 2>/dev/null)" = Running ] || { echo "There is no Pod copy that runs."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = quiet ] || { echo "The file answer should hold the word behind mode= in the settings."; exit 1; }
