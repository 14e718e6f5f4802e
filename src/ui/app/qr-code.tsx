/** An address as a QR code, for a class that has it on the projector. Always dark on white: phones read nothing else. */
import { encode } from 'uqr'
import style from './dialogs.module.css'

/** More letters make squares that a phone cannot tell apart from the last row. */
export const lettersInCode = 1_200

export function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { border: 2 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg className={style.code} viewBox={`0 0 ${size} ${size}`} role="img" aria-label="QR code of the link" shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
