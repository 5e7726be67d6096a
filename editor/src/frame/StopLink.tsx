import { OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStops } from '../access/stops-store.js';
import { Link } from '../pages/Link.js';
import { settingsPath, useAddress } from '../pages/route.js';
import { useDocument } from '../session.js';

/** The way to the emergency stop, and whether one is on. */
export function StopLink(): ReactElement {
  const stops = useStops();
  const id = useDocument((state) => state.id);
  // Whoever stands before a workflow or its run means that one: in an emergency nobody looks for it in a list.
  const isBefore = /^\/(?:workflows|runs)\/./.test(useAddress());
  const words =
    stops.length === 0
      ? 'Emergency stop'
      : `Emergency stop: ${stops.length === 1 ? 'one is' : `${stops.length} are`} on`;
  return (
    <Link
      href={settingsPath('stops') + (isBefore && id !== undefined ? `?workflow=${encodeURIComponent(id)}` : '')}
      className="rail-item rail-stop"
      data-on={stops.length > 0 || undefined}
      aria-label={words}
      title={words}
    >
      <OctagonX size={18} strokeWidth={1.75} aria-hidden />
    </Link>
  );
}
