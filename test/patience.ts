/**
 * How long a state is waited for, milliseconds: a hundred times what an idle machine takes. Load makes no test fail, and what
 * never comes does.
 */
export const patience = 300_000
