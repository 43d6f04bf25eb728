// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.28;

contract Beacon {
    address public implementation;

    constructor(address implementation_) {
        implementation = implementation_;
    }
}

contract Proxy {
    bytes32 private constant IMPLEMENTATION = bytes32(uint256(keccak256("eip1967.proxy.implementation")) - 1);
    bytes32 private constant BEACON = bytes32(uint256(keccak256("eip1967.proxy.beacon")) - 1);

    constructor(address implementation, address beacon) {
        bytes32 slot = IMPLEMENTATION;
        bytes32 other = BEACON;
        assembly {
            sstore(slot, implementation)
            sstore(other, beacon)
        }
    }
}
