import { z } from 'zod';

// The page's policy forbids code from text, which zod would otherwise try for speed. It checks when a schema is created, and schemas are
// created while modules load: so this module comes before all others.
z.config({ jitless: true });
