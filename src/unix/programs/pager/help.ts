/** What `h` shows in less: the keys that work here, in the order and the words of its own summary. */
export const lessHelp = `
                   SUMMARY OF LESS COMMANDS

      Commands marked with * may be preceded by a number, N.
      Notes in parentheses indicate the behavior if N is given.
      A key preceded by a caret indicates the Ctrl key; thus ^K is ctrl-K.

  h  H                 Display this help.
  q  :q  Q  :Q  ZZ     Exit.
 ---------------------------------------------------------------------------

                           MOVING

  e  ^E  j  ^N  CR  *  Forward  one line   (or N lines).
  y  ^Y  k  ^K  ^P  *  Backward one line   (or N lines).
  f  ^F  ^V  SPACE  *  Forward  one window (or N lines).
  b  ^B  ESC-v      *  Backward one window (or N lines).
  d  ^D             *  Forward  one half-window.
  u  ^U             *  Backward one half-window.
  RightArrow        *  Right one half screen width (or N positions).
  LeftArrow         *  Left  one half screen width (or N positions).
  F                    Forward forever; like "tail -f".
  r  ^R  ^L            Repaint screen.
 ---------------------------------------------------------------------------

                          SEARCHING

  /pattern             Search forward for matching line.
  ?pattern             Search backward for matching line.
  n                    Repeat previous search.
  N                    Repeat previous search in reverse direction.
  &pattern             Display only matching lines.
 ---------------------------------------------------------------------------

                           JUMPING

  g  <  ESC-<       *  Go to first line in file (or line N).
  G  >  ESC->       *  Go to last line in file (or line N).
  p  %              *  Go to beginning of file (or N percent into file).
 ---------------------------------------------------------------------------

                        CHANGING FILES

  :n                   Examine the next file from the command line.
  :p                   Examine the previous file from the command line.
  :x                   Examine the first file from the command line.
  =  ^G  :f            Print current file name.
 ---------------------------------------------------------------------------

                    MISCELLANEOUS COMMANDS

  -<flag>              Toggle a command line option [N S R i M s].
`
