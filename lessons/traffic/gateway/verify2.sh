kubectl get gateway door >/dev/null 2>&1 || { echo "There is no Gateway door yet."; exit 1; }
[ "$(kubectl get httproute shops -o jsonpath='{.status.parents[0].conditions[?(@.type=="Accepted")].status}' 2>/dev/null)" = True ] || { echo "No Gateway has accepted the HTTPRoute shops yet."; exit 1; }
sh ask.sh /tea | grep -q tea || { echo "/tea is not answered by tea yet."; exit 1; }
