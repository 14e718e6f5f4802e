[ -f ~/Dockerfile ] || { echo "There is no file Dockerfile in your home folder."; exit 1; }
grep -qi '^FROM node' ~/Dockerfile || { echo "The Dockerfile should start from a node image."; exit 1; }
grep -qiE '^(ADD|COPY) app.js' ~/Dockerfile || { echo "The Dockerfile does not put app.js into the image."; exit 1; }
