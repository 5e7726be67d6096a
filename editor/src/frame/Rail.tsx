import { Boxes, History, Home, LibraryBig, Moon, Settings, Sun, Waypoints } from 'lucide-react';
import type { ReactElement } from 'react';
import { toggleTheme, useTheme } from '../look/theme.js';
import { ProjectSwitch } from './ProjectSwitch.js';
import { StopLink } from './StopLink.js';
import { InboxLink } from './InboxLink.js';
import { Link } from '../pages/Link.js';
import { isPortfolioPage } from '../pages/portfolio/places.js';

/** The places of the editor, and the theme. */
export function Rail({ page }: { readonly page: string }): ReactElement {
  const theme = useTheme();
  const next = theme === 'dark' ? 'light' : 'dark';
  return (
    <nav className="rail" aria-label="Places">
      <Link href="/" className="rail-mark" aria-label="Heddle">
        <svg
          viewBox="0 0 32 32"
          width="24"
          height="24"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.4"
          strokeLinecap="round"
          aria-hidden
        >
          <path d="M9 4v24M23 4v24M9 16c4-6 10-6 14 0-4 6-10 6-14 0z" />
          <circle cx="16" cy="16" r="1.6" fill="currentColor" stroke="none" />
        </svg>
      </Link>
      <ProjectSwitch />
      <Link
        href="/"
        className="rail-item"
        aria-current={page === 'home' ? 'page' : undefined}
        aria-label="Home"
        title="Home"
      >
        <Home size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <Link
        href="/runs"
        className="rail-item"
        aria-current={page === 'runs' || page === 'run' || page === 'compare' ? 'page' : undefined}
        aria-label="Runs"
        title="Runs"
      >
        <History size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <Link
        href="/models"
        className="rail-item"
        aria-current={page === 'models' ? 'page' : undefined}
        aria-label="Models"
        title="Models"
      >
        <Boxes size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <Link
        href="/collections"
        className="rail-item"
        aria-current={page === 'collections' || page === 'collection' ? 'page' : undefined}
        aria-label="Collections"
        title="Collections"
      >
        <LibraryBig size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <InboxLink isCurrent={page === 'inbox'} />
      <Link
        href="/connections"
        className="rail-item"
        aria-current={isPortfolioPage(page) ? 'page' : undefined}
        aria-label="Connections, tools, policies and spend"
        title="Connections, tools, policies and spend"
      >
        <Waypoints size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <span className="rail-space" />
      <StopLink />
      <Link
        href="/settings"
        className="rail-item"
        aria-current={page === 'settings' ? 'page' : undefined}
        aria-label="Settings"
        title="Settings"
      >
        <Settings size={18} strokeWidth={1.75} aria-hidden />
      </Link>
      <button
        type="button"
        className="rail-item"
        onClick={toggleTheme}
        aria-label={`Use the ${next} theme`}
        title={`Use the ${next} theme`}
      >
        {theme === 'dark' ? (
          <Sun size={18} strokeWidth={1.75} aria-hidden />
        ) : (
          <Moon size={18} strokeWidth={1.75} aria-hidden />
        )}
      </button>
    </nav>
  );
}
