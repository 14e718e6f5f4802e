for i in 0 1; do [ "$(kubectl exec web-$i -- cat /usr/share/nginx/html/index.html 2>/dev/null)" = web-$i ] || { echo "web-$i does not serve its own name."; exit 1; }; done
