import { z } from 'zod';

// The page's policy forbids code made from text, which zod would otherwise try for speed. It asks when a schema is made, and
// schemas are made while modules load: so this one comes before all others.
z.config({ jitless: true });
