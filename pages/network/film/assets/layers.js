export class Layers { constructor(root, film) { Object.assign(this, { root, film }); } receive() {} draw() {} }
