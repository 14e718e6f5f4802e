wanted=$(docker inspect -f '{{(index .Mounts 0).Name}}' app 2>/dev/null)
[ -n "$wanted" ] || { echo "There is no container app with a volume."; exit 1; }
[ "$(tr -d '[:space:]' < ~/name.txt 2>/dev/null)" = "$wanted" ] || { echo "name.txt does not hold the name of the volume."; exit 1; }
