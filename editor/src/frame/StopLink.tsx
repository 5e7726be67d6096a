import { OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStops } from '../access/stops-store.js';
import { Link } from '../pages/Link.js';
import { settingsPath } from '../pages/route.js';

/** The way to the emergency stop, and whether one is on. */
export function StopLink(): ReactElement {
  const stops = useStops();
  const words =
    stops.length === 0
      ? 'Emergency stop'
      : `Emergency stop: ${stops.length === 1 ? 'one is' : `${stops.length} are`} on`;
  return (
    <Link
      href={settingsPath('stops')}
      className="rail-item rail-stop"
      data-on={stops.length > 0 || undefined}
      aria-label={words}
      title={words}
    >
      <OctagonX size={18} strokeWidth={1.75} aria-hidden />
    </Link>
  );
}
