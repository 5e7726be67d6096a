import { OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStops } from '../access/stops-store.js';
import { Link } from '../pages/Link.js';
import { settingsPath, useAddress } from '../pages/route.js';
import { useDocument } from '../session.js';

/** A link to the kill switches that shows whether one is on. */
export function StopLink(): ReactElement {
  const stops = useStops();
  const id = useDocument((state) => state.id);
  // On the page of a workflow or its run, the link preselects it: an emergency leaves no time to search a list.
  const isBefore = /^\/(?:workflows|runs)\/./.test(useAddress());
  const words =
    stops.length === 0 ? 'Kill switch' : `Kill switch: ${stops.length === 1 ? 'one is' : `${stops.length} are`} on`;
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
