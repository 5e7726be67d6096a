import { OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStops, useStopsRead, useTargetWords } from '../access/stops-store.js';
import { Link } from '../pages/Link.js';
import { settingsPath } from '../pages/route.js';

/** Shows that a kill switch is on. */
export function StopBanner(): ReactElement | null {
  useStopsRead();
  const stops = useStops();
  const wordsOf = useTargetWords();
  const [first] = stops;
  if (first === undefined) return null;
  return (
    <div className="banner banner-stop" role="status">
      <OctagonX size={16} aria-hidden />
      <span>
        <strong>Kill switch:</strong> {wordsOf(first.target)} is stopped: {first.reason}
        {stops.length === 1 ? '' : ` And ${stops.length - 1} more.`}
      </span>
      <Link href={settingsPath('stops')} className="button button-small">
        View and release
      </Link>
    </div>
  );
}
