[ "$(kubectl get gatewayclass nginx -o jsonpath='{.status.conditions[?(@.type=="Accepted")].status}' 2>/dev/null)" = True ] || { echo "There is no GatewayClass that a controller has accepted yet."; exit 1; }
[ "$(tr -d ' \n' < answer 2>/dev/null)" = nginx ] || { echo "The file answer should hold the name of the GatewayClass."; exit 1; }
