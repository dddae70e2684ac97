// Draws the API's description with Redoc; without its search, which would need a worker.
// Its maker's logo would come from a foreign host: the content policy stops it, and Redoc leaves it out.
const place = document.getElementById("redoc");

window.Redoc.init(place.dataset.schema, { disableSearch: true, hideDownloadButton: false }, place);
