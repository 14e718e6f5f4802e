[ "$(kubectl config current-context)" = shop ] || { echo "The current context is not shop."; exit 1; }
[ "$(kubectl config view --minify -o jsonpath='{.contexts[0].context.cluster}/{.contexts[0].context.namespace}')" = production/shop ] || { echo "The context shop should mean the cluster production and the namespace shop."; exit 1; }
kubectl get namespace shop >/dev/null 2>&1 || { echo "The namespace shop is not in that cluster, or the context has no user."; exit 1; }
