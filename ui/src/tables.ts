/** Elements that add to tables and texts of the server: `<sortable-table>` and `<copy-text>`. */

import "./tables/copy-text.ts";
import "./tables/sortable-table.ts";
