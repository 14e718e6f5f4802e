[ "$(kubectl auth can-i list nodes --as=system:serviceaccount:shop:reader 2>/dev/null)" = yes ] || { echo "The account reader may not list nodes yet."; exit 1; }
[ "$(kubectl auth can-i list secrets -A --as=system:serviceaccount:shop:reader 2>/dev/null)" = no ] || { echo "The account reader may read Secrets everywhere now: that was too much."; exit 1; }
