export class Images { constructor(root, film) { Object.assign(this, { root, film }); } receive() {} draw() {} }
