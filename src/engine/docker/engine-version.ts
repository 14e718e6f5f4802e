/** Which dockerd this is; images that it makes say so. */
export const engineVersion = '28.5.2+dfsg4'
