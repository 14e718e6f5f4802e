[ "$(kubectl get cake plain -o jsonpath='{.spec.flavour}/{.spec.slices}' 2>/dev/null)" = chocolate/12 ] || { echo "There is no Cake plain of chocolate that got 12 slices by itself."; exit 1; }
kubectl get crd cakes.bakery.test -o jsonpath='{.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.flavour.enum}' | grep -q lemon || { echo "Lemon should still be allowed."; exit 1; }
