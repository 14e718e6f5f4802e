/** `strftime` for `printf '%(…)T'` and prompts. The sandbox's machines keep UTC. */
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

export function formatTime(format: string, atMs: number): string {
  const time = new Date(atMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const dayOfYear =
    Math.floor(
      (Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()) - Date.UTC(time.getUTCFullYear(), 0, 1)) / 86_400_000,
    ) + 1
  const hour12 = time.getUTCHours() % 12 || 12
  return format.replace(/%-?([a-zA-Z%])/g, (whole, letter: string) => {
    switch (letter) {
      case 'Y':
        return String(time.getUTCFullYear())
      case 'y':
        return two(time.getUTCFullYear() % 100)
      case 'm':
        return two(time.getUTCMonth() + 1)
      case 'd':
        return two(time.getUTCDate())
      case 'e':
        return String(time.getUTCDate()).padStart(2)
      case 'H':
        return two(time.getUTCHours())
      case 'I':
        return two(hour12)
      case 'M':
        return two(time.getUTCMinutes())
      case 'S':
        return two(time.getUTCSeconds())
      case 'p':
        return time.getUTCHours() < 12 ? 'AM' : 'PM'
      case 'j':
        return String(dayOfYear).padStart(3, '0')
      case 'a':
        return days[time.getUTCDay()].slice(0, 3)
      case 'A':
        return days[time.getUTCDay()]
      case 'b':
      case 'h':
        return months[time.getUTCMonth()].slice(0, 3)
      case 'B':
        return months[time.getUTCMonth()]
      case 'u':
        return String(time.getUTCDay() || 7)
      case 'w':
        return String(time.getUTCDay())
      case 's':
        return String(Math.floor(atMs / 1000))
      case 'Z':
        return 'UTC'
      case 'z':
        return '+0000'
      case 'F':
        return formatTime('%Y-%m-%d', atMs)
      case 'T':
      case 'X':
        return formatTime('%H:%M:%S', atMs)
      case 'R':
        return formatTime('%H:%M', atMs)
      case 'D':
      case 'x':
        return formatTime('%m/%d/%y', atMs)
      case 'r':
        return formatTime('%I:%M:%S %p', atMs)
      case 'c':
        return formatTime('%a %b %e %H:%M:%S %Y', atMs)
      case 'n':
        return '\n'
      case 't':
        return '\t'
      case '%':
        return '%'
      default:
        return whole
    }
  })
}
