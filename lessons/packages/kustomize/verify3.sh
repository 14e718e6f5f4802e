[ "$(tr -d ' \n' < answer 2>/dev/null)" = green ] || { echo "The file answer should hold the colour that a Pod in production sees."; exit 1; }
[ "$(kubectl exec -n production deploy/web -- printenv COLOUR 2>/dev/null)" = green ] || { echo "The Pods in production do not see green yet."; exit 1; }
