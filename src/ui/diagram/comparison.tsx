/**
 * The same work twice: as the containers that run now, on one kernel, and as the virtual machines that would do it, each with a kernel
 * and a system of its own. Only what is drawn on the left exists.
 */
import { containerName } from '../causes.ts'
import { useDock, useDrydock } from '../app/state.ts'
import style from './comparison.module.css'
import { dockerView } from './docker-view.ts'

interface Work {
  readonly name: string
  readonly command: string
}

/** What is drawn when nothing runs. */
const examples: readonly Work[] = [
  { name: 'web', command: 'nginx' },
  { name: 'shop', command: 'node app.js' },
  { name: 'cache', command: 'redis-server' },
]

const workShown = 5

export function Comparison({ room }: { readonly room: string }) {
  const { store } = useDrydock()
  const containers = useDock(({ shown }) => dockerView(shown, room).containers)
  const running = containers
    .filter(({ container }) => container.State.Status === 'running')
    .map(({ container }) => ({
      name: containerName(container),
      command: [container.Path ?? '', ...(container.Args ?? [])].join(' ').trim(),
    }))
  const work = (running.length > 0 ? running : examples).slice(0, workShown)
  return (
    <div className={style.comparison}>
      <header className={style.head}>
        <p>{running.length > 0 ? 'What runs on this machine now, both ways.' : 'Nothing runs now; three programs as an example.'}</p>
        <button onClick={() => store.setState({ compares: false })}>Back to the room</button>
      </header>
      <div className={style.sides}>
        <section className={style.side} aria-label="As containers">
          <h2>As containers</h2>
          <div className={style.work}>
            {work.map(({ name, command }) => (
              <div key={name} className={style.container}>
                <b>{name}</b>
                <code>{command}</code>
                <small>its own files, processes and network: namespaces</small>
                <small>its share of CPU and memory: cgroup</small>
              </div>
            ))}
          </div>
          <div className={style.shared}>Docker Engine</div>
          <div className={`${style.shared} ${style.kernel}`}>one kernel for all</div>
          <div className={style.shared}>hardware</div>
          <p>Starts in the time it takes to start a process. A container is a process that sees less.</p>
        </section>
        <section className={style.side} aria-label="As virtual machines">
          <h2>As virtual machines</h2>
          <div className={style.work}>
            {work.map(({ name, command }) => (
              <div key={name} className={style.machine}>
                <b>{name}</b>
                <code>{command}</code>
                <span>libraries, services</span>
                <span className={style.kernel}>a kernel of its own</span>
                <span>virtual hardware</span>
              </div>
            ))}
          </div>
          <div className={style.shared}>hypervisor</div>
          <div className={style.shared}>hardware</div>
          <p>Starts as a computer does, and takes its memory whole. Separated by virtual hardware, not by one kernel’s rules.</p>
        </section>
      </div>
    </div>
  )
}
