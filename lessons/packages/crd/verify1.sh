kubectl get crd cakes.bakery.test >/dev/null 2>&1 || { echo "The kind Cake is not known yet."; exit 1; }
[ "$(kubectl get cake birthday -o jsonpath='{.spec.flavour}/{.spec.slices}' 2>/dev/null)" = lemon/8 ] || { echo "There is no Cake birthday of lemon with 8 slices."; exit 1; }
