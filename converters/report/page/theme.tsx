/** Light or dark: as the system has it, until somebody chooses. */
import { useLayoutEffect, useState } from "preact/hooks";

const KEY = "gohd-theme";

type Theme = "light" | "dark";

/** Where a page is not allowed to remember anything, it forgets. */
function remembered(): Theme | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "light" || theme === "dark" ? theme : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // As it is allowed to.
  }
}

export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(
    () => remembered() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
  );
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      class="theme"
      aria-label={`Switch to ${other} colours`}
      title={`Switch to ${other} colours`}
      onClick={() => {
        setTheme(other);
        remember(other);
      }}
    >
      {theme === "dark" ? "☀" : "☾"}
    </button>
  );
}
