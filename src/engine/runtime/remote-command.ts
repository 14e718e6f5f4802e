/**
 * The wire of exec and attach, `v5.channel.k8s.io`: one stream each way, cut into frames whose first byte says what they carry. The end of
 * the command is told as a Status in a frame of its own, after all output.
 */
import { bytesOf, textOf } from '../../base/bytes.ts'
import { ByteStream, type Upgraded } from '../../base/http.ts'
import type { Stdio } from './stdio.ts'

/** Frames of `v5.channel.k8s.io`: byte 0 is the channel. */
const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

export function openLine(protocol: string): Upgraded {
  return { protocol, headers: {}, incoming: new ByteStream(), outgoing: new ByteStream() }
}

function framed(number: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(bytes.length + 1)
  frame[0] = number
  frame.set(bytes, 1)
  return frame
}

/** Output goes out in frames; frames that come in are input, a new size, or the end of the input. */
export function join({ incoming, outgoing }: Upgraded, stdio: Stdio, takesInput: boolean, end: { readonly closeAtEnd: boolean }): void {
  const stop = stdio.listen({ write: (stream, bytes) => outgoing.write(framed(channel[stream], bytes)) })
  const input = new ByteStream()
  if (takesInput) stdio.feed(input, end)
  const flow = (): void => {
    for (let frame = incoming.read(); frame; frame = incoming.read()) {
      const payload = frame.subarray(1)
      if (frame[0] === channel.stdin) input.write(payload)
      else if (frame[0] === channel.close && payload[0] === channel.stdin) input.end()
      else if (frame[0] === channel.resize) {
        const { Width, Height } = JSON.parse(textOf(payload)) as { Width: number; Height: number }
        stdio.terminal?.resize(Width, Height)
      }
    }
    if (!incoming.isOver) return
    input.end()
    stop()
    stopFlow()
    // A client that goes away hangs up a terminal; without one the process lives on, as kubectl's users know.
    if (stdio.terminal && !outgoing.isEnded) stdio.terminal.hangUp()
  }
  const stopFlow = incoming.readable.each(flow)
  flow()
}

interface Status {
  readonly status: 'Success' | 'Failure'
  readonly reason?: string
  readonly message?: string
  readonly code?: number
  readonly details?: object
}

export function exitStatus(code: number): Status {
  if (code === 0) return { status: 'Success' }
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  }
}

export function finish({ outgoing }: Upgraded, status: Status): void {
  outgoing.write(framed(channel.error, bytesOf(JSON.stringify({ metadata: {}, ...status }))))
  outgoing.end()
}
