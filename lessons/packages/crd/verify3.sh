kubectl get cakes 2>/dev/null | head -1 | grep -qi 'FLAVOUR *SLICES' || { echo "kubectl get cakes does not show the columns Flavour and Slices."; exit 1; }
