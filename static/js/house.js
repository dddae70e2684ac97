/* Live conveniences; every page works without them. */
import "./dialogs.js";
import "./forms.js";
