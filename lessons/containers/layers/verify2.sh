[ -f ~/layers.txt ] || { echo "Write the number of layers into layers.txt, for example: echo 3 > layers.txt"; exit 1; }
wanted=$(docker image inspect -f '{{len .RootFS.Layers}}' nginx)
[ "$(tr -d '[:space:]' < ~/layers.txt)" = "$wanted" ] || { echo "layers.txt says $(cat ~/layers.txt); count the lines that begin with sha256 again."; exit 1; }
